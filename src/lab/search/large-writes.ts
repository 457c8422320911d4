/**
 * Large values that programs write in a random scenario, while its troubles go on: replaced and
 * deleted while others still fetch them, under several keys at once, just before their author
 * crashes, during cuts; and where no key keeps lies out, with false chunks among the true ones.
 */
import type { Random } from '../../core/index.ts';
import type { NetworkModel, ScenarioFault } from '../../sim/index.ts';

export interface LargeWritesOptions {
  /** Names of those that write. */
  readonly names: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
  /** What else happens. */
  readonly faults: readonly ScenarioFault[];
  /** A key keeps out what strangers say. */
  readonly isSecured: boolean;
}

export interface LargeWrites {
  readonly faults: readonly ScenarioFault[];
  /** So that the largest take their time. */
  readonly bandwidth: Pick<NetworkModel, 'bandwidth'>;
  /** Bounds of nodes that do not have room for all. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** @param random a stream of its own: with or without, the rest of a seed stays nearly the same */
export function largeWrites(random: Random, options: LargeWritesOptions): LargeWrites {
  if (random.float() >= SHARE) return { faults: [], bandwidth: {}, config: {} };
  const { faults, fromMs, isSecured, names, untilMs } = options;
  const isHuge = names.length <= HUGE_NODES_MAX && random.below(10) === 0;
  const sizes = names.length <= SMALL_NODES_MAX ? SIZES : SIZES_OF_MANY;
  const [least, most] = isHuge ? HUGE : sizes[random.below(sizes.length)]!;
  // Few, so that some are written under several keys and by several nodes.
  const contents = Array.from({ length: 1 + random.below(isHuge ? 1 : CONTENTS_MAX) }, (_, i) => {
    return `${i}*${least + random.below(most - least)}`;
  });
  const isTight = random.below(2) === 0;
  const writes = new Writes(random, contents, untilMs);
  const writesMax = isHuge ? 2 : isTight ? 3 * WRITES_MAX : WRITES_MAX;
  for (let left = 1 + random.below(writesMax); left > 0; left--) {
    writes.add(names[random.below(names.length)]!, fromMs + random.below(untilMs - fromMs));
  }
  for (const fault of isHuge ? [] : faults) {
    const place = placeOf(fault, random, names);
    if (place === undefined || writes.count >= AT_FAULTS_MAX) continue;
    writes.add(place.node, Math.min(untilMs, Math.max(fromMs, place.atMs)));
  }
  const isLiedAbout = !isSecured && random.below(5) > 0;
  const bitsPerSecond = [5_000_000, 20_000_000, 100_000_000][random.below(3)]!;
  return {
    faults: isLiedAbout
      ? [...writes.faults, ...lies(random, writes.faults, options)]
      : writes.faults,
    bandwidth: isHuge || random.below(4) === 0 ? { bandwidth: { bitsPerSecond } } : {},
    config: isTight ? { valuesBytesMax: most + random.below(most >> 1) } : {},
  };
}

class Writes {
  readonly faults: ScenarioFault[] = [];
  readonly #random: Random;
  readonly #contents: readonly string[];
  readonly #untilMs: number;

  constructor(random: Random, contents: readonly string[], untilMs: number) {
    this.#random = random;
    this.#contents = contents;
    this.#untilMs = untilMs;
  }

  get count(): number {
    return this.faults.length;
  }

  /** One write, and perhaps another one of the same key before all have the first. */
  add(node: string, atMs: number): void {
    const random = this.#random;
    const key = KEYS[random.below(KEYS.length)]!;
    const map = random.below(2) === 0 ? 'map-' : '';
    this.#write(node, atMs, `${map}set-large`, `${key}=${this.#content()}`);
    if (random.below(2) === 0) return;
    const laterMs = Math.min(this.#untilMs, atMs + 1 + random.below(LATER_MS_MAX));
    switch (random.below(3)) {
      case 0:
        return this.#write(node, laterMs, `${map}delete`, key);
      case 1:
        return this.#write(node, laterMs, `${map}set`, `${key}=${this.count}`);
      default:
        return this.#write(node, laterMs, `${map}set-large`, `${key}=${this.#content()}`);
    }
  }

  #write(node: string, atMs: number, command: string, argument: string): void {
    this.faults.push({ atMs, type: 'command', node, command, argument });
  }

  #content(): string {
    return this.#contents[this.#random.below(this.#contents.length)]!;
  }
}

/** By somebody who is about to go, or while some are cut off. */
function placeOf(fault: ScenarioFault, random: Random, names: readonly string[]) {
  if (random.below(2) === 0) return undefined;
  const { type } = fault;
  if (type === 'crash' || type === 'power-off' || type === 'pause' || type === 'restart') {
    return { node: fault.node, atMs: fault.atMs - random.below(BEFORE_MS_MAX) };
  }
  if (type === 'partition' || type === 'pair-cut' || type === 'one-way-cut') {
    const atMs = fault.atMs - BEFORE_MS_MAX + random.below(CUT_MS_MAX);
    return { node: names[random.below(names.length)]!, atMs };
  }
  return undefined;
}

/** While a value is being fetched. */
function lies(
  random: Random,
  writes: readonly ScenarioFault[],
  { names, untilMs }: LargeWritesOptions,
): ScenarioFault[] {
  const some = writes.filter(() => random.below(2) === 0).slice(0, LIED_ABOUT_MAX);
  return some.flatMap((write) =>
    Array.from({ length: 1 + random.below(LIES_MAX) }, (): ScenarioFault => {
      const withinMs = random.below(3) === 0 ? LATER_MS_MAX : LIES_MS_MAX;
      const laterMs = Math.min(untilMs, write.atMs + 1 + random.below(withinMs));
      // Mostly in the name of whom all ask.
      const isAuthor = random.below(3) > 0 && 'node' in write;
      const node = (isAuthor ? write.node : undefined) ?? names[random.below(names.length)]!;
      return { atMs: laterMs, type: 'command', node, command: 'forge', argument: 'chunks' };
    }),
  );
}

/** Of scenarios: they take longer than others. */
const SHARE = 0.2;
/** Bytes: of one chunk, of several, and more of these. */
const SIZES = [
  [600, 10_000],
  [10_000, 60_000],
  [60_001, 200_000],
  [60_001, 300_000],
] as const;
const SMALL_NODES_MAX = 12;
/** So that a scenario of forty nodes takes no longer. */
const SIZES_OF_MANY = [
  [600, 10_000],
  [10_000, 60_000],
  [60_001, 130_000],
] as const;
const HUGE = [1_000_000, 2_000_000] as const;
const HUGE_NODES_MAX = 8;
const CONTENTS_MAX = 8;
const WRITES_MAX = 6;
const AT_FAULTS_MAX = 10;
/** Some that small values have, too. */
const KEYS = ['v0', 'v1', 'v2', 'k0'] as const;
/** Longer than a value is mostly on its way. */
const LATER_MS_MAX = 2_000;
const BEFORE_MS_MAX = 500;
const CUT_MS_MAX = 10_000;
const LIED_ABOUT_MAX = 5;
const LIES_MAX = 3;
/** Mostly while it is asked for. */
const LIES_MS_MAX = 300;
