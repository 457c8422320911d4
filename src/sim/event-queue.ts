/**
 * Slots of an {@link EventPool} in exact order of (time, sequence).
 *
 * Two implementations give the same order: the timing wheel for use and the heap as reference.
 */
export interface EventQueue {
  readonly size: number;
  /** Adds a slot whose time is not before that of any slot popped so far. */
  push(slot: number): void;
  /** The first slot, −1 if there is none. */
  peek(): number;
  /** Takes the first slot out, −1 if there is none. */
  pop(): number;
}
