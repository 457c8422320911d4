/** Randomness that nobody can guess: nodeIds, nonces and seeds come from the system's generator. */
import { createHash, randomBytes } from 'node:crypto';
import { ANYONE, type Crypto, type NodeId, type Random } from '../core/index.ts';
import { nodeId } from '../wire/index.ts';

export const nodeCrypto: Crypto = {
  sha256: (data) => createHash('sha256').update(data).digest(),
};

/** Draws from the system: about 1 µs each, for what must be unpredictable and is rare. */
export class SystemRandom implements Random {
  u32(): number {
    return randomBytes(4).readUInt32BE();
  }

  below(limit: number): number {
    return Math.floor((this.u32() / 2 ** 32) * limit);
  }

  float(): number {
    return this.u32() / 2 ** 32;
  }
}

/** A nodeId for a new life; never ANYONE. */
export function drawNodeId(random: Random): NodeId {
  const id = nodeId(random.u32(), random.u32());
  return id === ANYONE ? drawNodeId(random) : id;
}

/** The first 64 bits of the SHA-256 of a cluster's name, in the form of a nodeId. */
export function hashCluster(name: string): string {
  return createHash('sha256').update(name, 'utf8').digest('hex').slice(0, 16);
}
