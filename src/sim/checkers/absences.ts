/**
 * How long each node has been away at most, as far as a checker can tell: from when it was last
 * untouched by any fault for a while until it is so again. Faults need not have kept it from
 * others, so what is said to be short is.
 *
 * A long absence is witnessed if another node was never away for long, and had data for longer than
 * deletions are remembered when the absent one came back: it knows what was deleted meanwhile.
 */
import type { Peer } from '../../core/index.ts';
import type { Observed, ObservedNode } from './checker.ts';

export interface AbsencesOptions {
  /** How long nodes remember what was deleted. */
  readonly rememberedMs: number;
  /** By how much their clocks may mistake how long they were away; default 0. */
  readonly errorMs?: number;
}

type Span = readonly [fromMs: number, untilMs: number];

interface Presence {
  /** When it was last in touch. */
  touchedMs: number;
  longestMs: number;
  self: Peer;
  /** Since when this life has held any data. */
  dataMs: number | undefined;
}

export class Absences {
  readonly #shortMs: number;
  readonly #wholeMs: number;
  readonly #presences = new Map<string, Presence>();
  /** From when until when somebody was away who is back, and who is not but lives. */
  readonly #absences: Span[] = [];
  #open: readonly Span[] = [];
  #isWitnessed = true;

  constructor({ errorMs = 0, rememberedMs }: AbsencesOptions) {
    this.#shortMs = rememberedMs - errorMs;
    this.#wholeMs = rememberedMs + errorMs + SWEEP_MS_MAX;
  }

  /**
   * At no time was somebody or other away for as long as deletions are remembered: what one deletes
   * alone, and tells when it is back, one who is away by then hears only when it is back itself.
   */
  get isShort(): boolean {
    return this.chainMs < this.#shortMs;
  }

  /** For how long at a time somebody or other was away at most. */
  get chainMs(): number {
    const absences = [...this.#absences, ...this.#open];
    let [fromMs, untilMs, chainMs] = [0, 0, 0];
    for (const [beginMs, endMs] of absences.sort((one, other) => one[0] - other[0])) {
      if (beginMs > untilMs) fromMs = beginMs;
      untilMs = Math.max(untilMs, endMs);
      chainMs = Math.max(chainMs, untilMs - fromMs);
    }
    return chainMs;
  }

  /** Somebody may think that it was away for longer: how long it was down it knows to a minute. */
  get mayDoubt(): boolean {
    return this.longestMs + STAMP_MS_MAX >= this.#shortMs;
  }

  /** Each that was away for longer came back to somebody who was there. */
  get isWitnessed(): boolean {
    return this.#isWitnessed;
  }

  get longestMs(): number {
    let longestMs = 0;
    for (const presence of this.#presences.values()) {
      longestMs = Math.max(longestMs, presence.longestMs);
    }
    return longestMs;
  }

  observe(run: Observed): void {
    const open: Span[] = [];
    for (const node of run.nodes) {
      const presence = this.#presenceOf(node, run.elapsedMs);
      if (!node.isUp) continue; // It may never come back.
      const backMs = node.healthySinceMs ?? run.elapsedMs;
      const awayMs = Math.max(0, backMs - presence.touchedMs);
      const isInTouch = run.elapsedMs - (node.healthySinceMs ?? Infinity) >= TOUCH_MS;
      presence.longestMs = Math.max(presence.longestMs, awayMs);
      if (awayMs > 0) (isInTouch ? this.#absences : open).push([presence.touchedMs, backMs]);
      if (!isInTouch) continue;
      presence.touchedMs = run.elapsedMs;
      if (awayMs < this.#shortMs) continue;
      this.#isWitnessed &&= run.nodes.some((other) => this.#wasThere(other, node, run.elapsedMs));
    }
    this.#open = open;
  }

  #presenceOf(node: ObservedNode, elapsedMs: number): Presence {
    const { name, self } = node;
    let presence = this.#presences.get(name);
    if (presence === undefined) {
      presence = { touchedMs: elapsedMs, longestMs: 0, self, dataMs: undefined };
      this.#presences.set(name, presence);
    }
    if (presence.self !== self || !node.isUp) presence.dataMs = undefined;
    presence.self = self;
    if (node.isUp && presence.dataMs === undefined) {
      for (const _ of node.heldData()) presence.dataMs ??= elapsedMs;
    }
    return presence;
  }

  #wasThere(other: ObservedNode, absent: ObservedNode, elapsedMs: number): boolean {
    const presence = this.#presences.get(other.name);
    if (other === absent || other.cluster !== absent.cluster || presence === undefined)
      return false;
    const { dataMs = Infinity, longestMs } = presence;
    return other.isUp && longestMs < this.#shortMs && elapsedMs - dataMs >= this.#wholeMs;
  }
}

/** How old the last time in a log may be, and some seconds for what was lost with its end. */
const STAMP_MS_MAX = 65_000;
/** Long enough for a comparison with somebody. */
const TOUCH_MS = 10_000;
/** Once a minute what is too old is swept, and a node that has known all for long notes it. */
const SWEEP_MS_MAX = 60_000;
