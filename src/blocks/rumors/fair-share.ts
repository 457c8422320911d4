/**
 * Divides a budget of bytes (a packet, a round) between classes of traffic, so that none starves
 * another: deficit round robin (Shreedhar and Varghese 1995) for any kind of queue.
 *
 * As long as everything fits, everybody sends all and nothing is remembered. Beyond that each class
 * has its max-min fair share by weight: whoever wants less than its share gets that, and the rest
 * is divided anew. What a class could not use, since its next item is larger, others use at once,
 * and it is owed: its credit makes it first next time, with more room. So an item that fits into
 * the whole budget goes out some day, whatever the others do.
 *
 * Deviation: the textbook's round robin visits a queue again and again; here a class is asked once
 * for each budget, since a queue that tells an item several times would tell it twice in a packet.
 */
export class FairShare {
  readonly #weights: readonly number[];
  /** Bytes that each class is owed (or, below 0, owes) while it has more than it may send. */
  readonly #credits: Float64Array;

  /** @param weights of classes 0, 1, …; above 0 */
  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#credits = new Float64Array(weights.length);
  }

  /**
   * Calls `serve` once for each class that waits and has room.
   *
   * @param waiting bytes that wait in each class
   * @param serve takes at most `room` bytes from class `kind`, returns how many it took
   */
  divide(
    bytesMax: number,
    waiting: readonly number[],
    serve: (kind: number, room: number) => number,
  ): void {
    if (bytesMax <= 0) return;
    const shares = fairShares(bytesMax, waiting, this.#weights);
    const credits = this.#credits;
    for (const [kind, bytes] of waiting.entries()) {
      if (bytes === 0) credits[kind] = 0;
      else if (shares[kind]! >= bytes) credits[kind] = Math.max(0, credits[kind]!); // No debts.
    }
    const order = waiting.map((_, kind) => kind).filter((kind) => waiting[kind]! > 0);
    order.sort((a, b) => credits[b]! - credits[a]!);
    const used = waiting.map(() => 0);
    let left = bytesMax;
    /** What classes served so far have left of their shares or, below 0, have taken beyond them. */
    let spare = 0;
    for (const [place, kind] of order.entries()) {
      const due = shares[kind]! + credits[kind]! + Math.max(0, spare);
      const isLast = place === order.length - 1; // What it does not use, nobody does.
      const room = isLast ? left : Math.floor(Math.min(left, due));
      if (room > 0) used[kind] = serve(kind, room);
      left -= used[kind]!;
      spare += shares[kind]! - used[kind]!;
    }
    const usable = (bytesMax - left) / bytesMax; // What no item fitted into, nobody is owed.
    for (const kind of order) {
      const owed = credits[kind]! + shares[kind]! * usable - used[kind]!;
      const isDone = used[kind]! >= waiting[kind]!;
      credits[kind] = isDone ? 0 : Math.min(Math.max(owed, -bytesMax), bytesMax);
    }
  }
}

/** Max-min fair by weight, nobody more than waits: Σ shares = min(bytesMax, Σ waiting). */
function fairShares(
  bytesMax: number,
  waiting: readonly number[],
  weights: readonly number[],
): number[] {
  const shares = waiting.map(() => 0);
  let left = bytesMax;
  let hungry = waiting.map((_, kind) => kind).filter((kind) => waiting[kind]! > 0);
  while (hungry.length > 0) {
    const unit = left / hungry.reduce((sum, kind) => sum + weights[kind]!, 0);
    const modest = hungry.filter((kind) => waiting[kind]! <= unit * weights[kind]!);
    if (modest.length === 0) {
      for (const kind of hungry) shares[kind] = unit * weights[kind]!;
      break;
    }
    for (const kind of modest) {
      shares[kind] = waiting[kind]!;
      left -= waiting[kind]!;
    }
    hungry = hungry.filter((kind) => !modest.includes(kind));
  }
  return shares;
}
