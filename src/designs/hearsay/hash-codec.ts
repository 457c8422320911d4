/** SHA-256 hashes as bytes: 32 on the wire, 64 hexadecimal digits in memory. */
import type { Reader, Writer } from '../../core/index.ts';

export function writeHash(hash: string, to: Writer): void {
  for (let i = 0; i < 64; i += 8) to.u32(parseInt(hash.slice(i, i + 8), 16));
}

export function readHash(from: Reader): string {
  let hash = '';
  for (let i = 0; i < 8; i++) hash += from.u32().toString(16).padStart(8, '0');
  return hash;
}
