/**
 * Coverage marks: rare branches say that they ran, so that a search can tell which of its seeds
 * reached them.
 *
 * A simulation points the marks at its own table while it runs and away afterwards; off, a mark
 * costs one comparison.
 */
let table: Map<string, number> | undefined;

/** This rare branch ran. */
export function mark(name: string): void {
  if (table !== undefined) table.set(name, (table.get(name) ?? 0) + 1);
}

/** Marks that begin like this tell of a broken invariant. */
export const BROKEN = 'broken: ';

/**
 * An invariant does not hold. For those too dear to check in production, or too harsh to stop a
 * node for: a simulation counts it like a mark, and its checker complains.
 */
export function broken(what: string): void {
  mark(BROKEN + what);
}

/** Counts marks in `into` from now on; undefined: nowhere. Returns where they went before. */
export function collectMarks(
  into: Map<string, number> | undefined,
): Map<string, number> | undefined {
  const before = table;
  table = into;
  return before;
}
