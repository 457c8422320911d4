/** What a network does to traffic, as pure decisions: latency, loss, cuts, disorder, bandwidth. */
export * from './cuts.ts';
export * from './latency.ts';
export { DROPPED, type Bandwidth } from './link.ts';
export * from './network.ts';
export type { ZoneLatency } from './zones.ts';
