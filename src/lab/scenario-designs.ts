/** The designs that scenarios can name, with all their options and their commands. */
import type { InlineValue } from '../blocks/data/index.ts';
import { HearsayError, UsageError } from '../core/index.ts';
import { hearsay, hearsayConfig, PRESETS, type HearsayConfig } from '../designs/hearsay/index.ts';
import {
  heartbeat,
  HEARTBEAT_DEFAULTS,
  heartbeatConfig,
  type HeartbeatConfig,
} from '../designs/heartbeat/index.ts';
import { claim, forge, SEARCH_TOPIC } from './falsehood.ts';
import { largeBytes } from './large-bytes.ts';
import { ByteWriter, parseAddress } from '../wire/index.ts';
import { auditQueries } from './query-audit.ts';
import { auditTopics } from './topic-audit.ts';
import { auditValues } from './value-audit.ts';
import { scenarioDesign, type GivenConfig, type ScenarioDesigns } from '../sim/index.ts';

export const SCENARIO_DESIGNS: ScenarioDesigns = {
  heartbeat: scenarioDesign(
    heartbeat,
    (given) => heartbeatConfig(checked<HeartbeatConfig>(given, HEARTBEAT_DEFAULTS)),
    { leave: (protocol, env) => protocol.leave(env) },
  ),
  hearsay: scenarioDesign(
    hearsay,
    (given) => hearsayConfig(checked<HearsayConfig>(given, PRESETS.lan)),
    {
      leave: (protocol, env) => protocol.leave(env),
      /** Of an address. */
      join: (protocol, env, seed = '') => protocol.join(env, [seed]),
      /** Of a member's name. */
      evict: (protocol, env, name = '') => void protocol.evict(env, name),
      /** Of any text, which becomes a tag. */
      update: (protocol, env, text = '') => protocol.setTags(env, { text }),
      /** Of a lie: another hears it in this member's name. */
      forge: (protocol, env, lie = '') => forge(protocol, env, lie),
      /** Of a member's name: that there are later events of it than it has published. */
      claim: (protocol, env, name = '') => claim(protocol, env, name),
      /** Of its own state: `key=value`, or a key. */
      set: (protocol, env, text = '') => protocol.data.set(env, keyOf(text), valueOf(text)),
      /** The same of `key=number*bytes`: so many bytes, of each number others. */
      'set-large': (protocol, env, text = '') => protocol.data.set(env, keyOf(text), largeOf(text)),
      delete: (protocol, env, key = '') => void protocol.data.delete(env, key),
      /** Of `prefix=count*bytes`: so many keys at once, each of so many bytes. */
      fill: (protocol, env, text = '') =>
        fill(text, (key, value) => protocol.data.set(env, key, value)),
      /** Of the shared map. */
      'map-set': (protocol, env, text = '') =>
        void protocol.data.mapSet(env, keyOf(text), valueOf(text)),
      'map-set-large': (protocol, env, text = '') =>
        void protocol.data.mapSet(env, keyOf(text), largeOf(text)),
      'map-fill': (protocol, env, text = '') =>
        fill(text, (key, value) => void protocol.data.mapSet(env, key, value)),
      'map-delete': (protocol, env, key = '') => void protocol.data.mapDelete(env, key),
      /** Of a number of milliseconds to listen. */
      query(protocol, env, deadline = '5000') {
        const deadlineMs = Number(deadline);
        protocol.queries.ask(env, { name: 'search', payload: NOTHING, deadlineMs });
      },
      /** Of `key=text*times`, the key perhaps empty. */
      publish(protocol, env, text = '') {
        const body = bodyOf(text);
        protocol.topics.publish(env, {
          topic: SEARCH_TOPIC,
          key: keyOf(text),
          format: 'bytes',
          body,
        });
      },
      /** Of a number of events, all at once, or as many as are taken. */
      'publish-many'(protocol, env, count = '1') {
        for (let i = 0; i < Number(count); i++) {
          const body = bodyOf(`=${i}`);
          try {
            protocol.topics.publish(env, { topic: SEARCH_TOPIC, key: '', format: 'bytes', body });
          } catch (error) {
            // Thrown on, it would undo what has been published in this command.
            if (error instanceof HearsayError && error.code === 'QUEUE_FULL') return;
            throw error;
          }
        }
      },
    },
    (simulation) => [auditQueries(simulation), auditTopics(simulation), auditValues(simulation)],
  ),
};

function keyOf(text: string): string {
  return text.slice(0, Math.max(0, text.indexOf('=')));
}

function valueOf(text: string): InlineValue {
  const to = new ByteWriter();
  to.text(text.slice(text.indexOf('=') + 1));
  return { kind: 'bytes', bytes: to.copy() };
}

function fill(argument: string, write: (key: string, value: InlineValue) => void): void {
  const [count = '0', bytes = '0'] = argument.slice(argument.indexOf('=') + 1).split('*');
  for (let i = 0; i < Number(count); i++) {
    const value = { kind: 'bytes', bytes: largeBytes(Number(bytes), i) } as const;
    write(`${keyOf(argument)}${i}`, value);
  }
}

function largeOf(argument: string): InlineValue {
  const [number = '0', bytes = '0'] = argument.slice(argument.indexOf('=') + 1).split('*');
  return { kind: 'bytes', bytes: largeBytes(Number(bytes), Number(number)) };
}

/** A text so many times. */
function bodyOf(argument: string): Uint8Array {
  const [text = '', times = '1'] = argument.slice(argument.indexOf('=') + 1).split('*');
  const to = new ByteWriter();
  to.text(text.repeat(Number(times)));
  return to.copy();
}

const NOTHING = new Uint8Array();

/** Options that exist and are of the type of their defaults; ranges are the design's own matter. */
function checked<C>(
  given: GivenConfig,
  defaults: Omit<C, 'name'>,
): Partial<C> & { readonly name: string } {
  const known = new Map<string, unknown>(Object.entries(defaults));
  for (const [option, value] of Object.entries(given)) {
    if (option === 'name') continue;
    if (option === 'seeds') {
      checkSeeds(value);
      continue;
    }
    if (!known.has(option)) {
      throw new UsageError('BAD_OPTION', `config.${option}: this design has no such option`);
    }
    const wanted = typeof known.get(option);
    if (typeof value !== wanted) {
      throw new UsageError('BAD_OPTION', `config.${option}: give a ${wanted}, not ${typeof value}`);
    }
  }
  return given as Partial<C> & GivenConfig;
}

function checkSeeds(value: unknown): void {
  const isRight =
    Array.isArray(value) &&
    value.every((seed) => typeof seed === 'string' && parseAddress(seed) === seed);
  if (isRight) return;
  throw new UsageError(
    'BAD_OPTION',
    'config.seeds: give a list of addresses such as 10.0.0.4:7946',
  );
}
