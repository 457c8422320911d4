import type { Accusation, ProbePath } from '../designs/hearsay/index.ts';
import type { ClusterEvent } from './events.ts';
import { describeError, type Logger } from './logger.ts';
import type { Member } from './member.ts';

/** Writes an event to the log, each at the level of what it asks of an operator. */
export function logEvent(logger: Logger, event: ClusterEvent): void {
  const text = sentence(event);
  switch (event.type) {
    case 'member-failed':
    case 'name-conflict':
    case 'isolated':
    case 'slept':
    case 'streams-blocked':
    case 'saving-blocked':
    case 'rejected':
    case 'stamp-refused':
    case 'value-refused':
      return logger.warn(text);
    case 'closed':
      return event.reason === 'left' ? logger.info(text) : logger.error(text);
    case 'member-suspected':
    case 'member-refuted':
    case 'member-updated':
    case 'state-changed':
    case 'map-changed':
      return logger.debug(text);
    case 'member-joined':
    case 'member-rejoined':
    case 'member-left':
    case 'member-evicted':
    case 'accused':
    case 'joined':
      return logger.info(text);
  }
}

function sentence(event: ClusterEvent): string {
  switch (event.type) {
    case 'member-joined':
      return `${who(event.member)} has joined at ${event.member.address}`;
    case 'member-rejoined':
      return `${who(event.member)} has ${event.why} at ${event.member.address}`;
    case 'member-suspected':
      return `${event.accuser} suspects ${who(event.member)}: ${met(event.accusers)}${
        event.path === undefined ? '' : `; ${path(event.path)}`
      }`;
    case 'member-refuted':
      return `${who(event.member)} lives: it answered after ${seconds(event.afterMs)}`;
    case 'member-failed':
      return `${who(event.member)} has failed: ${met(event.accusers)}`;
    case 'member-left':
      return `${who(event.member)} has left`;
    case 'member-evicted':
      return `${who(event.member)} was evicted`;
    case 'member-updated':
      return `${who(event.member)} has changed: ${event.changed.join(', ')}`;
    case 'accused':
      return (
        `this node was said to be ${event.status}, and has answered: ${met(event.accusers)}; ` +
        `its health score was ${event.health}`
      );
    case 'name-conflict':
      return `another living node has the name ${event.name}${
        event.yields ? '; this one gives way' : ''
      }`;
    case 'isolated':
      return 'no other member is known to live';
    case 'slept':
      return `away for ${Math.round(event.forMs / 60_000)} min or more: joins anew`;
    case 'streams-blocked':
      return `TCP ${event.direction === 'out' ? 'to' : 'from'} others is ${
        event.blocked ? 'blocked' : 'open again'
      }`;
    case 'saving-blocked':
      return event.blocked
        ? `what this node learns is not saved: ${event.why}`
        : 'what this node learns is saved again';
    case 'rejected':
      return `input from ${event.source} was thrown away (${event.reason}, ${event.count} times)`;
    case 'state-changed':
      return `${event.name} has changed ${event.key} in its state`;
    case 'map-changed':
      return `${event.key} of the map has changed`;
    case 'stamp-refused':
      return (
        `${event.count} writes to the map (the last to ${event.key}) were refused ` +
        `${event.own ? 'by' : 'from'} ${event.source}: ` +
        `${event.own ? "this node's" : "the writer's"} clock is ${seconds(event.aheadMs)} ahead`
      );
    case 'value-refused':
      return (
        `no room for ${event.key} of ${event.name ?? 'the map'}, ${event.length} bytes: ` +
        'raise tuning.valuesBytesMax, or delete something'
      );
    case 'joined':
      return `joined, ${event.members} members`;
    case 'closed':
      return `this node has stopped: ${event.reason}${
        event.error === undefined ? '' : `, ${describeError(event.error)}`
      }`;
  }
}

/** The name, and the life that is meant. */
function who({ name, nodeId }: Member): string {
  return `${name} (life ${nodeId.slice(0, LIFE_DIGITS)})`;
}

function met(accusers: readonly Accusation[]): string {
  return accusers.map((accusation) => `${accusation.by} met ${accusation.met}`).join(', ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function path({ tookMs, stream, helpers }: ProbePath): string {
  const answers = helpers.map(({ name, met }) => `${name} ${met ?? 'without an answer'}`);
  const parts = [`${Math.round(tookMs)} ms`, `stream ${stream}`, ...answers];
  return `probed for ${parts.join(', ')}`;
}

/** Of sixteen: enough to tell the lives of one name apart. */
const LIFE_DIGITS = 8;
