/** What kind of call a line of the trace is. */
export const Call = { Start: 1, Receive: 2, Wake: 3, Unreachable: 4, Command: 5 } as const;

const scratch = new Float64Array(1);
const words = new Uint32Array(scratch.buffer);

/**
 * 64 bits over every call of a run, in order: two runs with one hash did the same.
 *
 * Two 32-bit lanes with different multipliers (Weyl's and murmur3's constants); for a given word
 * each step is a bijection of the lane, so a difference cannot cancel out by itself. Not for
 * adversaries.
 */
export class TraceHash {
  #a = 0x9e3779b9 | 0;
  #b = 0x85ebca6b | 0;

  /** Adds one call: two numbers say what it was about. */
  add(atMs: number, node: number, call: number, x: number, y: number): void {
    this.#number(atMs);
    this.#word((node << 3) | call);
    this.#number(x);
    this.#number(y);
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    return hex(this.#a) + hex(this.#b);
  }

  #number(value: number): void {
    scratch[0] = value;
    this.#word(words[0]!);
    this.#word(words[1]!);
  }

  #word(word: number): void {
    const a = Math.imul(this.#a ^ word, 0x9e3779b1);
    const b = Math.imul(((this.#b << 13) | (this.#b >>> 19)) + word, 0x85ebca6b) + a;
    this.#a = a ^ (a >>> 15);
    this.#b = b | 0;
  }
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}
