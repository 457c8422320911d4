/**
 * Why a member was suspected, in words: what was met on which path, what became of it, and what to
 * look at. Says only what follows from what this agent was told.
 */
import type { Member } from '../api/index.ts';
import type { Accusation, ProbePath } from '../designs/hearsay/index.ts';
import type { HistoryEntry } from './history.ts';

type Entry<T extends HistoryEntry['type']> = Extract<HistoryEntry, { readonly type: T }>;

/** A suspicion from its first accuser to its end. */
interface Episode {
  readonly name: string;
  readonly address: string;
  readonly first: Entry<'suspected'>;
  /** The last word on who accuses. */
  readonly accusers: readonly Accusation[];
  /** How this agent's own probe failed, if it accuses too. */
  readonly path: ProbePath | undefined;
  readonly end: Entry<'refuted' | 'failed' | 'rejoined' | 'left' | 'evicted'> | undefined;
  /** The return after a death. */
  readonly back: Entry<'rejoined'> | undefined;
}

/** Sentences, the most important first. */
export function why(member: Member, history: readonly HistoryEntry[], now: number): string[] {
  const accused = history.filter((entry) => entry.type === 'accused');
  if (accused.length > 0) return ofItself(accused, now);
  const episode = lastEpisode(member, history);
  if (episode === undefined) return calm(member, history);
  return [
    what(episode),
    ...evidence(episode),
    ...verdict(episode),
    ...onlookers(episode),
    ...often(member.name, history, now),
  ];
}

function calm(member: Member, history: readonly HistoryEntry[]): string[] {
  const since = history[0]?.at;
  const from = since === undefined ? '' : ` since ${timeOf(since)}`;
  return [`${member.name} was never suspected here${from}.`];
}

/** What others said of this agent's own member. */
function ofItself(accused: readonly Entry<'accused'>[], now: number): string[] {
  const last = accused[accused.length - 1] as Entry<'accused'>;
  const lately = accused.filter(({ at }) => now - at < HOUR_MS).length;
  const by = listed(last.accusers.map((accusation) => accusation.by));
  const sentences = [
    `At ${timeOf(last.at)} this node heard that ${by} said it was ${last.status}; it answered ` +
      `that it lives. Its own health score was ${last.health} of 8.`,
  ];
  const refused = last.accusers.some(({ met }) => met === 'refused');
  if (refused) {
    sentences.push(
      'They were refused at its TCP port, although it lives: is the port open and published to ' +
        'them? From now on it says that streams do not reach it.',
    );
  } else {
    sentences.push(
      'They met silence: this process was paused or starved, or packets between them and it were ' +
        'lost. `hearsay info` here shows late timers: those mean starved or paused.',
    );
  }
  if (lately > 1) sentences.push(`That happened ${lately} times in the last hour.`);
  return sentences;
}

function lastEpisode(member: Member, history: readonly HistoryEntry[]): Episode | undefined {
  const begin = history.findLastIndex((entry) => entry.type === 'suspected' && !entry.again);
  const first = history[begin];
  if (first?.type !== 'suspected') return undefined;
  const rest = history.slice(begin + 1);
  const endAt = rest.findIndex(({ type }) => ENDS.has(type));
  const during = endAt < 0 ? rest : rest.slice(0, endAt);
  const suspected = [first, ...during.filter((entry) => entry.type === 'suspected')];
  const end = rest[endAt];
  const back = rest.slice(endAt + 1).find((entry) => entry.type === 'rejoined');
  const told = end?.type === 'failed' ? end.accusers : [];
  const last = suspected[suspected.length - 1] as Entry<'suspected'>;
  const place = history.slice(0, begin).findLast((entry) => 'address' in entry) as
    | Entry<'joined'>
    | undefined;
  return {
    name: member.name,
    address: place?.address ?? member.address,
    first,
    accusers: told.length > last.accusers.length ? told : last.accusers,
    path: suspected.find(({ path }) => path !== undefined)?.path,
    end: isEnd(end) ? end : undefined,
    back: end?.type === 'failed' ? back : undefined,
  };
}

function isEnd(entry: HistoryEntry | undefined): entry is NonNullable<Episode['end']> {
  return entry !== undefined && ENDS.has(entry.type);
}

/** Who accused, and what became of it. */
function what({ name, first, accusers, end, back }: Episode): string {
  const by = listed(accusers.map((accusation) => accusation.by));
  const begin = `At ${timeOf(first.at)} ${name} was suspected by ${by}`;
  const after = end === undefined ? '' : seconds(end.at - first.at);
  switch (end?.type) {
    case undefined:
      return `${begin}, and still is.`;
    case 'refuted':
      return `${begin}; ${after} later it answered that it lives.`;
    case 'failed': {
      const verb = end.own ? 'declared dead' : 'heard to be dead';
      const returned = back === undefined ? '' : `; ${comeback(back, end.at)}`;
      return `${begin}; ${after} later it was ${verb}${returned}.`;
    }
    case 'rejoined':
      return `${begin}; ${after} later it was back as a new life.`;
    case 'left':
    case 'evicted':
      return `${begin}; ${after} later it ${end.type === 'left' ? 'left' : 'was evicted'}.`;
  }
}

function comeback({ at, why: how }: Entry<'rejoined'>, since: number): string {
  const after = seconds(at - since);
  return how === 'restarted'
    ? `${after} after that it was back as a new life`
    : `${after} after that it was back in the same life`;
}

/** What was met, on which path. */
function evidence({ accusers, path }: Episode): string[] {
  const sentences = [`${metOf(accusers)}.`];
  if (path === undefined) return sentences;
  const { tookMs, rttMs, stream } = path;
  const usual = rttMs === undefined ? '' : ` (it usually takes ${rtt(rttMs)})`;
  const streams = {
    silence: 'a stream beside it met silence too',
    refused: 'a stream beside it was refused',
    gone: 'another life answered there',
    open: 'a stream beside it had no answer yet',
    untried: 'no stream was tried',
  };
  sentences.push(
    `This node's ping had no answer for ${Math.round(tookMs)} ms${usual}; ${streams[stream]}` +
      `${helpersOf(path)}.`,
  );
  return sentences;
}

function metOf(accusers: readonly Accusation[]): string {
  const all = accusers.length;
  const count = (met: Accusation['met']) => accusers.filter((one) => one.met === met).length;
  const parts = [
    [count('refused'), 'met a refusal (its machine answered, nobody listened at the port)'],
    [count('gone'), 'met another life at its address'],
    [count('silence'), 'met silence'],
  ] as const;
  const told = parts.filter(([number]) => number > 0);
  return told.map(([number, met]) => `${number} of ${all} accusers ${met}`).join(', ');
}

function helpersOf({ helpers }: ProbePath): string {
  if (helpers.length === 0) return '; there was nobody to help';
  const told: string[] = [];
  for (const kind of ['gone', 'refused', 'silence', undefined] as const) {
    const names = helpers.filter(({ met }) => met === kind).map(({ name }) => name);
    if (names.length === 0) continue;
    told.push(`${listed(names)} ${kind === undefined ? 'said nothing' : HELPED[kind]}`);
  }
  return `; of its helpers ${told.join(', ')}`;
}

/** What follows, and what to look at. */
function verdict(episode: Episode): string[] {
  const { name, accusers, address, end, back, first } = episode;
  const gone = accusers.some(({ met }) => met === 'gone') || end?.type === 'rejoined';
  const refused = accusers.some(({ met }) => met === 'refused');
  if (gone || back?.why === 'restarted') {
    return [`So its process had ended and was started again: look at why it ended.`];
  }
  if (end?.type === 'refuted') {
    const after = seconds(end.at - first.at);
    if (refused) {
      return [
        `So it lives, and TCP to ${address} is refused: open or publish that port to all members.`,
      ];
    }
    if (isAlone(episode)) {
      return [
        `So it lives, and no helper had answered this node either: rather this node was cut off ` +
          `or starved. Look here first.`,
      ];
    }
    return [
      `So it lives: for ${after} it was starved or paused, or packets to it were lost. ` +
        `Look at its CPU and its late timers (\`hearsay info\` there), and at the network.`,
    ];
  }
  if (back !== undefined) {
    if (isAlone(episode)) {
      return [
        `So it had not died, and no helper had answered this node either: rather this node was ` +
          `cut off or starved, for ${seconds(back.at - first.at)}. Look here first.`,
      ];
    }
    return [
      `So it had not died: for ${seconds(back.at - first.at)} it was paused, or cut off from ` +
        `here. Look at the network between it and the accusers, and at its machine.`,
    ];
  }
  if (end?.type === 'left' || end?.type === 'evicted') return [];
  if (refused) {
    return [
      `Refused: nobody listens at ${address}. Its process has ended, or its TCP port was closed.`,
    ];
  }
  return silenceOf(episode, name);
}

/** Whether this node accused, and heard no helper either, though others were there to help. */
function isAlone({ first, path }: Episode): boolean {
  if (path === undefined) return false;
  const isUnheard = path.helpers.every(({ met }) => met === undefined);
  return isUnheard && (path.helpers.length > 0 || first.health >= HEALTH_BAD);
}

function silenceOf({ path }: Episode, name: string): string[] {
  const answered = path?.helpers.filter(({ met }) => met !== undefined).map((one) => one.name);
  if (answered === undefined) return [];
  if (answered.length > 0) {
    return [
      `No answer by packet or by stream, while ${listed(answered)} answered: ${name} hangs, or ` +
        `its machine or its network is down.`,
    ];
  }
  return [
    `No helper answered either: this node itself may be cut off or starved. Look here first.`,
  ];
}

/** Whether it may be about this node rather than about the member. */
function onlookers({ first, accusers }: Episode): string[] {
  const sentences: string[] = [];
  const others = first.suspects - 1;
  if (others > 0 && first.suspects * 3 >= first.members) {
    sentences.push(
      `${others} of ${first.members} other members were suspected here at the same time: a cut ` +
        `network, or trouble of this node, explains that better than ${first.suspects} failures.`,
    );
  }
  if (first.health > 0) {
    sentences.push(
      `This node's own health score was ${first.health} of 8 then: it may have been slow itself.`,
    );
  }
  if (accusers.length === 1 && first.members > 3) {
    const by = accusers[0]?.by ?? '';
    sentences.push(`Nobody but ${by} accused it: look at the way between those two as well.`);
  }
  return sentences;
}

function often(name: string, history: readonly HistoryEntry[], now: number): string[] {
  const suspicions = history.filter(
    (entry): entry is Entry<'suspected'> =>
      entry.type === 'suspected' && !entry.again && now - entry.at < HOUR_MS,
  );
  if (suspicions.length < 2) return [];
  const accusers = new Set(suspicions.map(({ accuser }) => accuser));
  const [only] = accusers;
  const by = accusers.size === 1 ? `, first by ${only} each time` : '';
  return [`${name} was suspected ${suspicions.length} times in the last hour${by}.`];
}

function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? 'nobody';
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

function seconds(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

function rtt(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

const HELPED = {
  gone: 'answered and met another life',
  refused: 'answered and met a refusal',
  silence: 'answered and met silence',
};
const ENDS: ReadonlySet<string> = new Set(['refuted', 'failed', 'rejoined', 'left', 'evicted']);
/** A node that meets silence everywhere gets there in two or three periods. */
const HEALTH_BAD = 3;
const HOUR_MS = 3_600_000;
