/** Forged messages about events: numbers at their ends, lives of others, bodies of nobody. */
import type { Random } from '../../src/core/index.ts';
import type { Note, Run, Span, TopicFlow, TopicMessage } from '../../src/designs/hearsay/index.ts';
import {
  makePublication,
  skipped,
  type Publication,
} from '../../src/designs/hearsay/publication.ts';

/** What a forger knows of a cluster. */
export interface Known {
  readonly names: readonly string[];
  /** Lives that have published. It grows. */
  readonly lives: string[];
}

export function forgeTopic(message: TopicMessage, random: Random, known: Known): TopicMessage {
  learn(message, known);
  const span = (of: Span): Span => (random.below(2) === 0 ? forgedSpan(of, random, known) : of);
  const spans = (of: readonly Span[]): Span[] => {
    const invented = { nodeId: lifeOf(random, known), first: 1, last: 1 };
    return [...of, ...several(random, of[0] ?? invented)].map(span);
  };
  switch (message.type) {
    case 'topic-link': {
      const step = one(['ask', 'urge', 'grant', 'refuse', 'end'] as const, random);
      return { ...message, step, degree: random.below(256) };
    }
    case 'topic-flow':
      return forgedFlow(message, random, known);
    case 'topic-page':
      return {
        ...message,
        spans: spans(message.spans),
        runs: message.runs.map((run) => forgedRun(run, random, known)),
      };
    case 'topic-digest': {
      const purpose = one(['greeting', 'question', 'answer'] as const, random);
      return { ...message, purpose, checksum: random.u32(), spans: spans(message.spans) };
    }
    case 'topic-want': {
      const ranges = message.ranges.map((range) => {
        const from = number(range.from, random);
        return { nodeId: lifeOf(random, known), from, to: from + random.below(5000) };
      });
      return { ...message, ranges: [...ranges, ...several(random, message.ranges[0]!)] };
    }
    case 'topic-doubt':
      return { ...message, nonce: random.u32() };
    case 'topic-word': {
      const { first, last } = forgedSpan({ nodeId: '', ...message }, random, known);
      return { ...message, first, last, nonce: one([message.nonce, random.u32()], random) };
    }
  }
}

function forgedFlow(message: TopicFlow, random: Random, known: Known): TopicFlow {
  const { ack, notes, runs } = message;
  const last = number(ack?.last ?? 1, random);
  const missing = one([0, 0xffffffff, random.u32()], random);
  const forgedAck = random.below(2) === 0 ? ack : { last, missing, heldMs: random.below(256) };
  return {
    ...message,
    number: one([0, message.number, number(message.number, random)], random),
    ack: forgedAck,
    pressure: one([0, 255, random.below(256)], random),
    notes: [...notes, ...several(random, forgedNote(random, known))],
    runs: runs.map((run) => (random.below(2) === 0 ? forgedRun(run, random, known) : run)),
  };
}

function forgedNote(random: Random, known: Known): Note {
  const nodeId = lifeOf(random, known);
  if (random.below(2) === 0) return { type: one(['prune', 'graft'] as const, random), nodeId };
  return { type: 'have', ...forgedSpan({ nodeId, first: 1, last: 10 }, random, known) };
}

function forgedRun({ events, origin }: Run, random: Random, known: Known): Run {
  const by = one([0, 0, 1, 2, 100, 4095, 5000, 2 ** 51], random);
  const nodeId = one([origin.nodeId, origin.nodeId, lifeOf(random, known)], random);
  const name = one([origin.name, one(known.names, random), 'x'.repeat(129)], random);
  return {
    origin: { nodeId, name },
    events: events.map((event) => forgedEvent(event, by, random)),
  };
}

function forgedEvent(event: Publication, by: number, random: Random): Publication {
  const seq = event.seq + by;
  switch (random.below(7)) {
    case 0:
      return makePublication({ ...event, seq, body: Uint8Array.of(random.below(256)) });
    case 1:
      return makePublication({ ...event, seq, topic: 'x'.repeat(random.below(200)) });
    case 2:
      return makePublication({ ...event, seq, key: 'k'.repeat(random.below(200)) });
    case 3: {
      const hop = { by: 'ffffffffffffffff', path: 'eager', heldMs: random.u32() } as const;
      return makePublication({
        ...event,
        seq,
        trace: Array.from({ length: random.below(40) }, () => hop),
      });
    }
    case 4:
      return makePublication({ ...event, seq, form: one(['skipped', 'named'] as const, random) });
    case 5:
      return skipped(seq, seq + one([1, 100, 2 ** 20 - 1], random));
    default:
      return makePublication({ ...event, seq });
  }
}

/** `last` below `first` is as low as can be written. */
function forgedSpan({ nodeId, first, last }: Span, random: Random, known: Known): Span {
  const from = number(first, random);
  const to = one([from - 1, from, from + 10, from + 5000, Math.max(from, last), SEQ_END], random);
  return {
    nodeId: random.below(4) === 0 ? lifeOf(random, known) : nodeId,
    first: from,
    last: Math.max(from - 1, to),
  };
}

function number(near: number, random: Random): number {
  return one([1, near, near + 1, near + 50, near + 4096, 2 ** 40, SEQ_END - 1, SEQ_END], random);
}

function lifeOf(random: Random, { lives }: Known): string {
  const stranger = `${random.u32()}`.padStart(16, '0');
  return one([one(lives, random) ?? stranger, one(lives, random) ?? stranger, stranger], random);
}

function learn(message: TopicMessage, { lives }: Known): void {
  if (!('runs' in message)) return;
  for (const { origin } of message.runs) {
    if (lives.length < LIVES_MAX && !lives.includes(origin.nodeId)) lives.push(origin.nodeId);
  }
}

function several<T>(random: Random, what: T): T[] {
  return Array.from({ length: random.below(4) }, () => what);
}

function one<T>(list: readonly T[], random: Random): T {
  return list[random.below(list.length)] as T;
}

const LIVES_MAX = 32;
/** What can be written, and more than any number may be. */
const SEQ_END = Number.MAX_SAFE_INTEGER - 5001;
