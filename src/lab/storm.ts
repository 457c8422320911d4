/** A join storm: many nodes start at almost the same time and know one seed. */
import { Xoshiro128 } from '../core/index.ts';
import type { Tuning } from './adapters/adapter.ts';
import { milliseconds } from './statistics.ts';
import { openTrial, type DesignName, type Trial } from './trial.ts';

export interface StormOptions {
  readonly design: DesignName;
  /** Nodes that join; the seed is one more. */
  readonly nodes: number;
  /** Share of packets lost, 0 … 1; default 0. */
  readonly loss?: number;
  readonly seed: number;
  readonly tuning?: Tuning;
}

export interface StormResult {
  readonly design: DesignName;
  readonly nodes: number;
  readonly loss: number;
  readonly seed: number;
  /** From the first join until all views hold all and all checksums agree; null: not in 120 s. */
  readonly agreedMs: number | null;
  readonly messagesPerNode: number;
  readonly bytesPerNode: number;
  readonly events: number;
  readonly traceHash: string;
}

/** The seed is up and settled before anyone comes. */
const FIRST_JOIN_MS = 1000;
/** All join within this. */
const JOINS_WITHIN_MS = 10;
const WAIT_MS_MAX = 120_000;

export function storm(options: StormOptions): StormResult {
  const { design, nodes, loss = 0, seed, tuning = {} } = options;
  const random = new Xoshiro128(seed, 'joins');
  const startsAtMs = (node: number): number =>
    node === 0 ? 0 : FIRST_JOIN_MS + random.float() * JOINS_WITHIN_MS;
  const size = nodes + 1;
  const trial = openTrial({ design, nodes: size, loss, seed, start: 'seeded', startsAtMs, tuning });
  trial.runUntil(FIRST_JOIN_MS);
  const agreed = untilAgreed(trial);
  const { counters } = trial;
  return {
    design,
    nodes,
    loss,
    seed,
    agreedMs: agreed ? milliseconds(trial.elapsedMs - FIRST_JOIN_MS) : null,
    messagesPerNode: (counters.packets + counters.streamMessages) / size,
    bytesPerNode: counters.bytes / size,
    events: counters.events,
    traceHash: trial.traceHash,
  };
}

/** Runs until every node holds every node and all checksums are one. */
function untilAgreed(trial: Trial): boolean {
  const checksums = new Map<number, number>(); // Complete views by their checksum.
  const held: (number | undefined)[] = Array.from({ length: trial.size });
  trial.watch((viewer) => {
    const before = held[viewer];
    const after = trial.live(viewer) === trial.size ? trial.checksum(viewer) : undefined;
    if (before === after) return;
    held[viewer] = after;
    if (before !== undefined) {
      const left = checksums.get(before)! - 1;
      if (left > 0) checksums.set(before, left);
      else checksums.delete(before);
    }
    if (after !== undefined) checksums.set(after, (checksums.get(after) ?? 0) + 1);
  });
  const agree = (): boolean => {
    for (const count of checksums.values()) if (count === trial.size) return true;
    return false;
  };
  return trial.runUntil(agree, WAIT_MS_MAX);
}
