import { spreadEvents, type EventsResult } from '../src/lab/index.ts';
import type { BenchOptions, Line } from './line.ts';

/** Events with payloads among a thousand nodes, 20 ms links. */
export function* events({ quick }: BenchOptions): Iterable<Line> {
  const nodes = quick ? 100 : 1000;
  yield* spread(0, { copies: 1.05, last: 1.2 }, nodes);
  yield* spread(0.1, { copies: 1.35, last: 3.5 }, nodes);
}

function* spread(
  loss: number,
  target: { readonly copies: number; readonly last: number },
  nodes: number,
): Iterable<Line> {
  const result = spreadEvents({ nodes, loss, seed: 1 });
  const on = `N = ${nodes}, ${loss * 100} % loss, ${result.events} events of 200 B, one origin`;
  const { copiesAfterFirst, copiesPerNode, lastMs, floodingMs } = result;
  yield {
    what: 'copies of each payload per node, the first flood included (without it)',
    on,
    measured: `${copiesPerNode.toFixed(3)} (${copiesAfterFirst.toFixed(3)})`,
    target: `≤ ${target.copies}`,
    met: copiesPerNode <= target.copies,
  };
  yield {
    what: `last node that gets an event, beside flooding's on the same overlay`,
    on,
    measured: `${(lastMs / floodingMs).toFixed(2)} × ${floodingMs.toFixed(0)} ms`,
    target: `≤ ${target.last} ×`,
    met: lastMs <= target.last * floodingMs,
  };
  yield wrong(result, on);
  yield {
    what: 'announcements, acknowledgements, fetches per event and node; bytes with everything',
    on,
    measured: [
      result.announcementsPerDelivery.toFixed(2),
      result.acksPerDelivery.toFixed(2),
      result.fetchesPerDelivery.toFixed(3),
      `${result.bytesPerDelivery.toFixed(0)} B`,
    ].join(', '),
    target: '–',
  };
  const { gossipCopiesPerNode, gossipMissed, gossipMs } = result;
  yield {
    what: 'beside it transmit-limited gossip: copies per node, last node, share that never gets it',
    on,
    measured: [
      gossipCopiesPerNode.toFixed(2),
      `${gossipMs.toFixed(0)} ms`,
      `${(gossipMissed * 100).toFixed(2)} %`,
    ].join(', '),
    target: '–',
  };
}

function wrong({ disordered, gaps, lost }: EventsResult, on: string): Line {
  return {
    what: 'events lost, out of order or twice, gaps, at any node',
    on,
    measured: `${lost}, ${disordered}, ${gaps}`,
    target: '0',
    met: lost + disordered + gaps === 0,
  };
}
