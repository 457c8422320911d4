/**
 * Was this node away for longer than the dead are remembered? Then others have forgotten who is
 * dead, and what it knows of them could bring the dead back.
 *
 * Three ways to be away, and how each is noticed: stalled, by a gap of the steady clock, at any
 * event; suspended with a steady clock that stands still, by the wall clock, once a period; cut off
 * from all others with no time to find each of them dead, by hearing nobody, once a period. To be
 * refused is not to hear: a firewall does it, too.
 *
 * Asked at every event of a simulation of thousands: so it counts in parts and in seconds, as small
 * integers that make no garbage.
 */
import type { HearsayEnv } from './protocol-env.ts';
import type { Tuning } from './shared.ts';
import { HEALTH_SCORE_MAX, type View } from './view.ts';

export class Absence {
  readonly #view: View;
  /** When anything last happened, in parts of the life of a certificate. */
  #part = -1;
  /** For how long it was absent, if it has to begin anew, else 0. */
  #sleptMs = 0;
  /** How much it had heard when that last changed, and when that was, in seconds. */
  #heard = 0;
  #heardAt = 0;
  /** By how many seconds the wall clock was ahead of the steady one when last seen. */
  #wallAhead = 0;

  constructor(view: View) {
    this.#view = view;
  }

  /** From now on the clocks are watched. */
  begin(env: HearsayEnv): void {
    this.noticed(env);
    this.#heardAt = seconds(env.now);
    this.#wallAhead = seconds(env.wallMs - env.now);
  }

  /**
   * Something happens. For how long nothing did, if that is longer than the dead are remembered and
   * the node has not begun anew since, else 0.
   */
  noticed({ now }: HearsayEnv): number {
    const partMs = partMsOf(this.#view.config);
    const part = (now / partMs) | 0;
    const parts = part - this.#part;
    if (parts === 0) return this.#sleptMs;
    const isFirst = this.#part < 0;
    this.#part = part;
    if (!isFirst && parts >= PARTS) this.#sleptMs = (parts - 1) * partMs;
    return this.#sleptMs;
  }

  /** The same once a period, by the wall clock and by what was heard. */
  compared(env: HearsayEnv): number {
    const now = seconds(env.now);
    const ahead = seconds(env.wallMs - env.now);
    const jumped = (ahead - this.#wallAhead) | 0;
    this.#wallAhead = ahead;
    const { config, heard, roster } = this.#view;
    if (heard !== this.#heard || roster.live <= 1) {
      this.#heard = heard;
      this.#heardAt = now;
    }
    const awayMs = (Math.max(jumped, (now - this.#heardAt) | 0) - 1) * 1000;
    return awayMs > config.certificateMs ? awayMs : 0;
  }

  /** The node begins anew: it has forgotten all others. */
  end(env: HearsayEnv): void {
    this.#sleptMs = 0;
    this.#heardAt = seconds(env.now);
  }
}

function partMsOf({ certificateMs, probeIntervalMs }: Tuning): number {
  return Math.max(certificateMs, probeIntervalMs * CALM_PERIODS, CALM_MS) / PARTS;
}

/** It wraps: differences are right. */
function seconds(ms: number): number {
  return Math.floor(ms / 1000) | 0;
}

/** Absences are noticed from this many parts on, and for certain from one more. */
const PARTS = 16;
/** Of a node alone that is well, at most so many periods pass from one event to the next… */
const CALM_PERIODS = HEALTH_SCORE_MAX + 2;
/** … and of one that has not joined yet, far less than this. */
const CALM_MS = 60_000;
