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
  #isWitnessed = true;

  constructor({ errorMs = 0, rememberedMs }: AbsencesOptions) {
    this.#shortMs = rememberedMs - errorMs;
    this.#wholeMs = rememberedMs + errorMs + SWEEP_MS_MAX;
  }

  /**
   * No two were away for as long as deletions are remembered: what one deletes alone, and tells
   * when it is back, the other may hear only when that is as long ago.
   */
  get isShort(): boolean {
    let [longestMs, secondMs] = [0, 0];
    for (const presence of this.#presences.values()) {
      const awayMs = presence.longestMs;
      if (awayMs > longestMs) [longestMs, secondMs] = [awayMs, longestMs];
      else secondMs = Math.max(secondMs, awayMs);
    }
    return longestMs + secondMs < this.#shortMs;
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
    for (const node of run.nodes) {
      const presence = this.#presenceOf(node, run.elapsedMs);
      if (!node.isUp) continue; // It may never come back.
      const awayMs = run.elapsedMs - presence.touchedMs;
      presence.longestMs = Math.max(presence.longestMs, awayMs);
      const healthyMs = run.elapsedMs - (node.healthySinceMs ?? Infinity);
      if (healthyMs < TOUCH_MS) continue;
      presence.touchedMs = run.elapsedMs;
      if (awayMs < this.#shortMs) continue;
      this.#isWitnessed &&= run.nodes.some((other) => this.#wasThere(other, node, run.elapsedMs));
    }
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

/** Long enough for a comparison with somebody. */
const TOUCH_MS = 10_000;
/** Once a minute what is too old is swept, and a node that has known all for long notes it. */
const SWEEP_MS_MAX = 60_000;
