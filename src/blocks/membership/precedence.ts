import type { Status } from '../../core/index.ts';
import { uniteAccusations } from './accusation.ts';
import type { Fact } from './fact.ts';
import type { News } from './news.ts';

/**
 * Which of two pieces of news about one member holds: a maximum in a total order.
 *
 * | compared first to last | greater is            |
 * | ---------------------- | --------------------- |
 * | life: start            | the later             |
 * | life: nodeId           | the greater           |
 * | end of the life        | evicted > left > none |
 * | counter                | the higher            |
 * | observation            | dead > suspect > alive |
 *
 * Equal in all of these: the accusers are united and the greater age is kept. So merging is
 * commutative, associative and idempotent whatever the order of arrival.
 */

/** Negative, 0 or positive as life `a` is earlier than, the same as or later than life `b`. */
export function compareLives(a: Life, b: Life): number {
  if (a.start !== b.start) return a.start - b.start;
  return a.nodeId < b.nodeId ? -1 : a.nodeId > b.nodeId ? 1 : 0;
}

type Life = Pick<Fact, 'start' | 'nodeId'>;

/** Negative, 0 or positive as (fact, status) `a` is outranked by, equal to or outranks `b`. */
export function compareNews(a: Fact, aStatus: Status, b: Fact, bStatus: Status): number {
  if (a !== b) {
    const lives = compareLives(a, b);
    if (lives !== 0) return lives;
  }
  const ends = END[aStatus] - END[bStatus];
  if (ends !== 0) return ends;
  if (a.counter !== b.counter) return a.counter - b.counter;
  return OBSERVED[aStatus] - OBSERVED[bStatus];
}

/** The news that holds of two about the same name. */
export function mergeNews(a: News, b: News, accusersMax: number): News {
  const order = compareNews(a.fact, a.status, b.fact, b.status);
  if (order !== 0) return order > 0 ? a : b;
  const accusers = uniteAccusations(a.accusers, b.accusers, accusersMax);
  const ageMs = Math.max(a.ageMs, b.ageMs);
  return accusers === a.accusers && ageMs === a.ageMs ? a : { ...a, accusers, ageMs };
}

const END: Readonly<Record<Status, number>> = {
  alive: 0,
  suspect: 0,
  dead: 0,
  left: 1,
  evicted: 2,
};
const OBSERVED: Readonly<Record<Status, number>> = {
  alive: 0,
  suspect: 1,
  dead: 2,
  left: 0,
  evicted: 0,
};
