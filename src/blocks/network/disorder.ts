import { UsageError, type Random } from '../../core/index.ts';
import { Chance } from './chance.ts';

/**
 * Packets that are held back on the way, and so overtaken, or that arrive twice. Streams know
 * neither: a kernel hides both.
 *
 * Each decision draws three numbers, whatever the answer, so that changing one fraction leaves the
 * rest of the run alike.
 */
export class Disorder<Place> {
  readonly #duplication = new Chance<Place>('duplication');
  readonly #reordering = new Chance<Place>('reordering');
  #heldMsMax = 0;
  #isOn = false;
  readonly #heldMsMaxAt = new Map<Place, number>();

  /** Whether anything is out of order; a field, since every packet asks. */
  get isOn(): boolean {
    return this.#isOn;
  }

  setDuplication(fraction: number, place?: Place): void {
    this.#duplication.set(fraction, place);
    this.#look();
  }

  /** The fraction that is held back, each by a time below `byMs`. */
  setReordering(fraction: number, byMs: number, place?: Place): void {
    if (!(byMs >= 0 && byMs < Infinity)) {
      throw new UsageError('BAD_OPTION', `reordering: give milliseconds from 0, not ${byMs}`);
    }
    this.#reordering.set(fraction, place);
    if (place === undefined) this.#heldMsMax = byMs;
    else if (fraction === 0) this.#heldMsMaxAt.delete(place);
    else this.#heldMsMaxAt.set(place, byMs);
    this.#look();
  }

  /** How long a packet is held back, and whether it has a copy. */
  decide(from: Place, to: Place, random: Random): { heldMs: number; isDoubled: boolean } {
    const isHeld = random.float() < this.#reordering.between(from, to);
    const share = random.float();
    const isDoubled = random.float() < this.#duplication.between(from, to);
    return { heldMs: isHeld ? share * this.#heldMsMaxBetween(from, to) : 0, isDoubled };
  }

  #look(): void {
    this.#isOn = this.#duplication.isOn || this.#reordering.isOn;
  }

  #heldMsMaxBetween(from: Place, to: Place): number {
    const at = this.#heldMsMaxAt;
    return Math.max(this.#heldMsMax, at.get(from) ?? 0, at.get(to) ?? 0);
  }
}
