import { dataHealing, eventsHealing, spreadEvents } from '../src/lab/index.ts';
import type {
  DataHealingOptions,
  EventsHealingOptions,
  EventsHealingResult,
} from '../src/lab/index.ts';
import { count, seconds, type BenchOptions, type Line } from './line.ts';

/** Ten nodes of a thousand publish while a part of the cluster fails. */
export function* eventsHealed(options: BenchOptions): Iterable<Line> {
  yield* undisturbed(options);
  yield* healed('20 % crash at once', { trouble: 'crash' }, options);
  yield* healed('20 % crash at once, 10 % loss', { trouble: 'crash', loss: 0.1 }, options);
  yield* healed('halves cut off from each other for 60 s', { trouble: 'cut' }, options);
  yield* agreed('20 % crash at once while all write', 'crash', options);
  yield* agreed('a cut of 60 s between halves that both write', 'cut', options);
}

function* undisturbed(options: BenchOptions): Iterable<Line> {
  const nodes = nodesOf(options);
  const of = { nodes, seed: 1, origins: ORIGINS, events: 2000, intervalMs: 50 };
  const { copiesAfterFirst, copiesPerNode, disordered, floodingMs, gaps, lastMs, lost } =
    spreadEvents(of);
  const on = `N = ${count(nodes)}, ${ORIGINS} origins, 2,000 events of 200 B, 20/s in all`;
  yield {
    what: 'undisturbed: copies of each payload per node, the first floods included (without them)',
    on,
    measured: `${copiesPerNode.toFixed(3)} (${copiesAfterFirst.toFixed(3)})`,
    target: '≤ 1.05',
    met: copiesPerNode <= 1.05,
  };
  yield {
    what: `undisturbed: last node that gets an event, beside flooding's on the same overlay`,
    on,
    measured: `${(lastMs / floodingMs).toFixed(2)} × ${floodingMs.toFixed(0)} ms`,
    target: '≤ 1.2 ×',
    met: lastMs <= 1.2 * floodingMs,
  };
  yield {
    what: 'undisturbed: events lost, out of order or twice, gaps, at any node',
    on,
    measured: `${lost}, ${disordered}, ${gaps}`,
    target: '0',
    met: lost + disordered + gaps === 0,
  };
}

function* healed(
  what: string,
  of: Pick<EventsHealingOptions, 'trouble' | 'loss'>,
  options: BenchOptions,
): Iterable<Line> {
  const nodes = nodesOf(options);
  const result = eventsHealing({ ...of, nodes, origins: ORIGINS, seed: 1 });
  const on =
    `N = ${count(nodes)}, ${ORIGINS} origins on all sides, ${count(result.events)} events ` +
    'of 200 B, 10/s in all';
  yield wrong(what, on, result);
  yield {
    what: `${what}: from then, or from the heal, until the last node has all before it`,
    on,
    measured: seconds(result.caughtUpMs),
    target: '–',
  };
  yield {
    what: `${what}: events published later: to the last node, longest; 20 s later, longest`,
    on,
    measured: `${seconds(result.laterMsMax)}; ${seconds(result.settledMsMax)}`,
    target: '–',
  };
  yield {
    what: `${what}: copies of each payload per node in the whole run; bytes with everything`,
    on,
    measured: `${result.copiesPerDelivery.toFixed(2)}; ${count(result.bytesPerDelivery)} B`,
    target: '–',
  };
  yield {
    what: `${what}: beside it transmit-limited gossip: events × nodes lost, of all`,
    on,
    measured: `${count(result.gossipLost)} of ${count(result.due)}`,
    target: '–',
  };
}

function wrong(what: string, on: string, result: EventsHealingResult): Line {
  const { again, disordered, gaps, halfTold, lost } = result;
  return {
    what: `${what}: events of live origins lost, out of order, twice; gaps (half told of dead)`,
    on,
    measured: `${lost}, ${disordered}, ${again}; ${gaps} (${halfTold})`,
    target: '0',
    met: lost + disordered + again + gaps === 0,
  };
}

/** One run each: a thousand views of a thousand states take minutes and gigabytes. */
function* agreed(
  what: string,
  trouble: DataHealingOptions['trouble'],
  options: BenchOptions,
): Iterable<Line> {
  const nodes = nodesOf(options);
  const { agreedMs, bytes } = dataHealing({ nodes, trouble, writes: 200, seed: 1, calm: false });
  const on = `N = ${count(nodes)}, 200 writes in a minute`;
  yield {
    what: `all states and maps agree after ${what}; bytes of data a node got meanwhile`,
    on,
    measured: `${agreedMs === null ? 'never' : seconds(agreedMs)}; ${count(bytes / nodes)} B`,
    target: trouble === 'cut' ? '≤ 30 s' : '≤ 10 s',
    met: agreedMs !== null && agreedMs <= (trouble === 'cut' ? 30_000 : 10_000),
  };
}

function nodesOf({ quick }: BenchOptions): number {
  return quick ? 100 : 1000;
}

const ORIGINS = 10;
