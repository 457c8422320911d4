/** Gossip for Node.js: `joinCluster`, and what it gives. */
export { Cluster, Members } from '../api/index.ts';
export type { Closed, ClusterEvent, ClusterEventOf, ClusterEventType } from '../api/index.ts';
export type { EventStream, JoinClusterOptions, JoinRequest, Listener } from '../api/index.ts';
export type { Logger, Member, Overflow, Tuning } from '../api/index.ts';
export { ERROR_CODES, HearsayError, UsageError, type ErrorCode } from '../core/index.ts';
export type { Address, NodeId, Status } from '../core/index.ts';
export type {
  Accusation,
  Met,
  Preset,
  ProbePath,
  Streams,
  Tags,
} from '../designs/hearsay/index.ts';
export * from './join-cluster.ts';
