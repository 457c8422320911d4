import { UsageError } from '../../core/index.ts';

/** The probability that something happens to traffic: everywhere and, beside that, at places. */
export class Chance<Place> {
  readonly #what: string;
  #everywhere = 0;
  readonly #at = new Map<Place, number>();

  /** `what` names it in complaints. */
  constructor(what: string) {
    this.#what = what;
  }

  /** Whether it can happen at all. */
  get isOn(): boolean {
    return this.#everywhere > 0 || this.#at.size > 0;
  }

  /** Everywhere, or for what enters or leaves one place; 0 … 1. */
  set(fraction: number, place?: Place): void {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new UsageError(
        'BAD_OPTION',
        `${this.#what} must be a fraction from 0 to 1, not ${fraction}`,
      );
    }
    if (place === undefined) this.#everywhere = fraction;
    else if (fraction === 0) this.#at.delete(place);
    else this.#at.set(place, fraction);
  }

  /** For traffic between two places: both and the network between them have their chance. */
  between(from: Place, to: Place): number {
    if (this.#at.size === 0) return this.#everywhere;
    const spared =
      (1 - this.#everywhere) * (1 - (this.#at.get(from) ?? 0)) * (1 - (this.#at.get(to) ?? 0));
    return 1 - spared;
  }
}
