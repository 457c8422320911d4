/**
 * What one direction of a connection has under way across links of limited bandwidth: so many
 * pieces at a time, as TCP's congestion window has it (RFC 5681). It begins with 10 (RFC 6928),
 * doubles each round trip up to the first loss, halves at a loss and then grows by one each round
 * trip; never beyond 64 kB, the window without scaling.
 */
export class Pipe {
  #window = 10;
  #threshold = PIECES_MAX;
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  /** Runs now or, in order, when there is room; each run ends in `delivered`. */
  push(send: () => void): void {
    this.#waiting.push(send);
    this.#fill();
  }

  delivered(): void {
    this.#underWay--;
    const isStarting = this.#window < this.#threshold;
    this.#window = Math.min(PIECES_MAX, this.#window + (isStarting ? 1 : 1 / this.#window));
    this.#fill();
  }

  /** It is sent again, and stays under way. */
  lost(): void {
    this.#threshold = Math.max(2, this.#window / 2);
    this.#window = this.#threshold;
  }

  #fill(): void {
    while (this.#underWay < Math.floor(this.#window)) {
      const send = this.#waiting.shift();
      if (send === undefined) return;
      this.#underWay++;
      send();
    }
  }
}

/** As a full packet. */
export const PIECE_BYTES = 1_400;

const PIECES_MAX = Math.floor(65_536 / PIECE_BYTES);
