/** Forged messages about data: ranks at their ends, other owners, other keys, other times. */
import { VERSION_MAX, VERSION_STEP_MAX, type Entry } from '../../src/blocks/data/index.ts';
import type { Random } from '../../src/core/index.ts';
import type { DataMessage, Memory } from '../../src/designs/hearsay/index.ts';

/** @param wallMs what the forger takes for the time */
export function forgeData(message: DataMessage, random: Random, wallMs: number): DataMessage {
  switch (message.type) {
    case 'data-gossip':
      return { ...message, entries: forgeEntries(message.entries, random, wallMs) };
    case 'data-page':
      return {
        ...message,
        entries: forgeEntries(message.entries, random, wallMs),
        last: random.below(2) === 0,
        want: random.below(4) === 0,
        memory: one(MEMORIES, random),
      };
    case 'data-compare':
    case 'data-agree':
      return {
        type: one(['data-compare', 'data-agree'] as const, random),
        checksum: { high: random.u32(), low: random.u32() },
        memory: one(MEMORIES, random),
      };
    case 'data-symbols': {
      const { symbols } = message;
      const words = symbols.words.map((word) => (random.below(8) === 0 ? random.u32() : word));
      return { ...message, memory: one(MEMORIES, random), symbols: { ...symbols, words } };
    }
    case 'data-ask':
      return { ...message, symbolsEnd: random.below(100_000), ids: [random.u32(), ...message.ids] };
    case 'data-ahead':
      return { ...message, aheadMs: random.u32() };
    case 'data-word':
      return { ...message, version: one([0, 1, 2 ** 40, VERSION_MAX], random) };
    default:
      return message;
  }
}

function forgeEntries(entries: readonly Entry[], random: Random, wallMs: number): Entry[] {
  return entries.map((entry) => (random.below(2) === 0 ? forged(entry, random, wallMs) : entry));
}

function forged(entry: Entry, random: Random, wallMs: number): Entry {
  const keys = [entry.key, entry.key, `forged ${random.below(KEYS)}`, '', 'x'.repeat(257)];
  const key = one(keys, random);
  const isDeleted = random.below(4) === 0;
  const value = { kind: 'bytes' as const, bytes: Uint8Array.of(random.below(256)) };
  const content = isDeleted
    ? { value: undefined, ageMs: random.below(2) === 0 ? random.u32() : 0 }
    : { value, ageMs: 0 };
  if (entry.type === 'map') {
    const at = one([wallMs, wallMs + 10 * YEAR_MS, entry.stamp.wallMs + 1], random);
    const stamp = { ...entry.stamp, wallMs: Math.floor(at), count: random.below(65_536) };
    return { ...entry, key, stamp, ...content };
  }
  const versions = [1, entry.version + 1, VERSION_STEP_MAX, 2 ** 40, VERSION_MAX];
  return { ...entry, key, version: one(versions, random), ...content };
}

function one<T>(list: readonly T[], random: Random): T {
  return list[random.below(list.length)]!;
}

const MEMORIES: readonly Memory[] = ['fresh', 'whole', 'doubtful'];
/** Names of keys that nobody has written. */
const KEYS = 20;
const YEAR_MS = 31_557_600_000;
