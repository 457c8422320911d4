/**
 * Ways to members whose advertised address is of an IP family that is not spoken here.
 *
 * A member that listens on both families advertises one address. Who speaks only the other family
 * has heard from it there, by packet or stream, and answers there. A member of one family never
 * reaches one that listens on the other alone.
 */
import type { Address } from '../core/index.ts';
import { familyOf } from '../wire/index.ts';

/** Members of the other family that are remembered; the one learnt first gives way. */
const DETOURS_MAX = 4096;

export class Detours {
  readonly #spoken: ReadonlySet<4 | 6>;
  readonly #ways = new Map<Address, Address>();

  /** @param spoken the families that this node's sockets speak */
  constructor(spoken: Iterable<4 | 6>) {
    this.#spoken = new Set(spoken);
  }

  /** Where to send what is meant for an address: there, or a detour. Undefined: there is no way. */
  to(address: Address): Address | undefined {
    return this.#spoken.has(familyOf(address)) ? address : this.#ways.get(address);
  }

  /** Who advertises `address` was heard from, or answered, at `source`. */
  learn(address: Address, source: Address): void {
    if (this.#spoken.has(familyOf(address)) || !this.#spoken.has(familyOf(source))) return;
    if (this.#ways.get(address) === source) return;
    this.#ways.delete(address);
    this.#ways.set(address, source);
    for (const oldest of this.#ways.keys()) {
      if (this.#ways.size <= DETOURS_MAX) break;
      this.#ways.delete(oldest);
    }
  }
}
