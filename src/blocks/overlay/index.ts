/** Spreading along links: who is linked, what flows on a link, which links carry what, order. */
export * from './active-view.ts';
export * from './link-flow.ts';
export * from './replay-log.ts';
export * from './round-trip.ts';
export * from './spread-tree.ts';
