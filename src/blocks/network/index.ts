/** What a network does to traffic: latency, loss and cuts, as pure decisions. */
export * from './cuts.ts';
export * from './latency.ts';
export * from './network.ts';
