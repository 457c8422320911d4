import { Xoshiro128 } from '../core/index.ts';

/** Bytes that no two chunks have alike; of one number and length always the same. */
export function largeBytes(length: number, number: number): Uint8Array {
  const random = new Xoshiro128(number, 'value');
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let i = 0; i < words.length; i++) words[i] = random.u32();
  return new Uint8Array(words.buffer, 0, length);
}
