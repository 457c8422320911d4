/** Gossip for Node.js: `joinCluster`, and what it gives. */
export { Cluster, Members, MemberState, OwnState, SharedMap } from '../api/index.ts';
export type { Closed, ClusterCounters, ClusterEvent } from '../api/index.ts';
export type { ClusterEventOf, ClusterEventType } from '../api/index.ts';
export type { Io, Program } from '../api/index.ts';
export type { EventStream, JoinClusterOptions, JoinRequest, Listener } from '../api/index.ts';
export type { Logger, Member, Overflow, Tuning } from '../api/index.ts';
export { Answers } from '../api/index.ts';
export type { Answer, AnswerError, QueryHandler, QueryOptions } from '../api/index.ts';
export type { QuerySummary, ReceivedQuery } from '../api/index.ts';
export type { Content, Json, MapChange, StateChange, WatchOptions } from '../api/index.ts';
export { Topic } from '../api/index.ts';
export type { ListenOptions, PublishOptions } from '../api/index.ts';
export type { TopicListener, TopicNotice, Trace, Traced, TraceNode } from '../api/index.ts';
export { ERROR_CODES, HearsayError, UsageError, type ErrorCode } from '../core/index.ts';
export type { Address, HostCounters, MessageCounts, NodeId, Status } from '../core/index.ts';
export type {
  Accusation,
  AskedHelper,
  HearsayCounts,
  Met,
  Preset,
  ProbePath,
  ProbeRecord,
  Streams,
  Tags,
} from '../designs/hearsay/index.ts';
export * from './join-cluster.ts';
export { liveIo } from './live-io.ts';
