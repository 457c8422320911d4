/** A broken invariant: a bug of ours, never of the caller or of the network. */
export class InvariantError extends Error {
  override readonly name: string = 'InvariantError';
}

/** Throws an {@link InvariantError} unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** For the end of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new InvariantError(`unexpected ${String(value)}`);
}
