/**
 * Has V8 collect an agent's garbage sooner: when a quarter of the room up to its limit is used.
 *
 * A small heap's limit is some 8 MB above what it holds. Connections to members that come and go,
 * and what they said, outlive the nursery; so an agent would climb to that limit in minutes or in
 * days, and stay there: that looks like a leak, and would hide one. V8 marks beside the loop and in
 * small steps.
 */
import { setFlagsFromString } from 'node:v8';

/** For the process of an agent, when it begins. */
export function keepHeapSmall(): void {
  // While a program starts V8 expects it to need four times as much soon; not after this.
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
  setFlagsFromString(`--incremental-marking-soft-trigger=${TRIGGER_PERCENT}`);
}

/** Less than the 8 MB that V8 grants in any case. */
const GROWING_PERCENT = 10;
/** Some 2 MB: 4 MB less memory than without, for a marking of some 50 ms each so many. */
const TRIGGER_PERCENT = 25;
