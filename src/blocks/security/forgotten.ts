/**
 * Lives whose epoch was forgotten: a Bloom filter (Bloom 1970), which never misses one.
 *
 * NodeIds are random, so their digits are the hashes: three of 20 bits each. After 50,000 lives one
 * in 400 others is taken for forgotten, which costs that one a packet.
 */
import type { NodeId } from '../../core/index.ts';

const BITS = 2 ** 20;
const DIGITS = 5;
const HASHES = 3;

export class Forgotten {
  /** Made with the first: most nodes forget nobody. */
  #words: Uint32Array | undefined;

  add(nodeId: NodeId): void {
    this.#words ??= new Uint32Array(BITS / 32);
    for (let hash = 0; hash < HASHES; hash++) {
      const bit = bitOf(nodeId, hash);
      this.#words[bit >>> 5]! |= 1 << (bit & 31);
    }
  }

  has(nodeId: NodeId): boolean {
    if (this.#words === undefined) return false;
    for (let hash = 0; hash < HASHES; hash++) {
      const bit = bitOf(nodeId, hash);
      if ((this.#words[bit >>> 5]! & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

function bitOf(nodeId: NodeId, hash: number): number {
  return Number.parseInt(nodeId.slice(hash * DIGITS, (hash + 1) * DIGITS), 16);
}
