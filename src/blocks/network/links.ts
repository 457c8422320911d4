import { Link, type Bandwidth } from './link.ts';

interface Ends {
  readonly up: Link;
  readonly down: Link;
}

/** The links of places that have one of limited bandwidth: all or some. Full duplex. */
export class Links<Place> {
  /** What every place has that was given none of its own. */
  #common: Bandwidth | undefined;
  readonly #own = new Map<Place, Ends>();
  readonly #shared = new Map<Place, Ends>();
  #isOn = false;

  /** Whether any place has one; a field, since every packet asks. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** The link of every place or, instead of that, of one; undefined: no limit. */
  set(bandwidth: Bandwidth | undefined, place?: Place): void {
    const ends = bandwidth && endsOf(bandwidth); // Complains before anything has changed.
    if (place === undefined) {
      this.#common = bandwidth;
      this.#shared.clear();
    } else if (ends === undefined) this.#own.delete(place);
    else this.#own.set(place, ends);
    this.#isOn = this.#common !== undefined || this.#own.size > 0;
  }

  /** What a place sends passes here first; undefined: nothing limits it. */
  up(place: Place): Link | undefined {
    return this.#endsOf(place)?.up;
  }

  /** What a place receives passes here last. */
  down(place: Place): Link | undefined {
    return this.#endsOf(place)?.down;
  }

  #endsOf(place: Place): Ends | undefined {
    const own = this.#own.get(place) ?? this.#shared.get(place);
    if (own !== undefined || this.#common === undefined) return own;
    const ends = endsOf(this.#common);
    this.#shared.set(place, ends);
    return ends;
  }
}

function endsOf(bandwidth: Bandwidth): Ends {
  return { up: new Link(bandwidth), down: new Link(bandwidth) };
}
