/** Gossip for Node.js: `joinCluster`, and what it gives. */
export * from '../api/index.ts';
export { ERROR_CODES, HearsayError, UsageError, type ErrorCode } from '../core/index.ts';
export type { Address, NodeId, Status } from '../core/index.ts';
export type { Accusation, Met, Preset, ProbePath, Tags } from '../designs/hearsay/index.ts';
export * from './join-cluster.ts';
export type { JoinClusterOptions, Tuning } from './options.ts';
