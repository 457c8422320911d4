/** A handler threw or a checker objected: the run has stopped, and this tells how to repeat it. */
export class RunError extends Error {
  override readonly name: string = 'RunError';
  readonly seed: number;
  /** Milliseconds since the simulation's start. */
  readonly elapsedMs: number;
  /** The node's name. */
  readonly node: string;

  constructor(what: string, seed: number, elapsedMs: number, node: string, cause?: unknown) {
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    super(
      `${what}${reason} (node ${node}, ${elapsedMs} ms after the start, seed ${seed}). ` +
        `To replay it, run the same build and scenario with seed ${seed} up to that time.`,
      { cause },
    );
    this.seed = seed;
    this.elapsedMs = elapsedMs;
    this.node = node;
  }
}
