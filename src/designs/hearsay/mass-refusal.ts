/**
 * The option `massRefusal`: when more than a tenth of all members are refused at once, that is a
 * firewall which rejects, not so many deaths; refusals count as silence then.
 */
import type { Roster } from '../../blocks/membership/index.ts';

export class MassRefusal {
  /** When each was last accused by refusal, by slot; oldest first. */
  readonly #refused = new Map<number, number>();

  note(slot: number, now: number): void {
    this.#refused.delete(slot);
    this.#refused.set(slot, now);
  }

  /** Whether it is so now. */
  isMass(now: number, roster: Roster): boolean {
    let members = roster.live;
    for (const [slot, atMs] of this.#refused) {
      if (now - atMs > AT_ONCE_MS) this.#refused.delete(slot);
      else if (!roster.isLive(slot)) members++; // It has died of that since.
    }
    return this.#refused.size > Math.max(1, members * SHARE);
  }
}

const SHARE = 0.1;
/** Long enough for a cut to be noticed by all: everyone's first probes across it end in 2 s. */
const AT_ONCE_MS = 10_000;
