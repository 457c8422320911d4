import type { Reader } from '../core/index.ts';

/** What a number stands for; a number that stands for nothing fails the reader. */
export function choose<T>(table: readonly T[], number: number, from: Reader): T {
  const chosen = table[number];
  if (chosen === undefined) from.fail();
  return chosen ?? (table[0] as T);
}
