/** The public face, over any host. */
export { Answers, type Answer, type AnswerError, type QuerySummary } from './answers.ts';
export { Cluster, type ClusterOptions, type JoinRequest } from './cluster.ts';
export { fromValue, toValue, type Content, type Json } from './content.ts';
export type { EventStream, Overflow } from './event-stream.ts';
export type * from './events.ts';
export type { Io, Program, Signal } from './io.ts';
export { PORT_DEFAULT, type JoinClusterOptions, type Tuning } from './join-cluster-options.ts';
export type { ClusterCounters } from './life.ts';
export type { Listener } from './listeners.ts';
export { SILENT, type Logger } from './logger.ts';
export type { Member } from './member.ts';
export { isLive, Members } from './members.ts';
export type * from './platform.ts';
export type { QueryHandler, QueryOptions, ReceivedQuery } from './queries.ts';
export { SharedMap, type MapChange } from './shared-map.ts';
export { MemberState, OwnState, type StateChange } from './state.ts';
export type { WatchOptions } from './watch.ts';
