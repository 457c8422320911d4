import type { Met, News, Streams } from '../../blocks/membership/index.ts';
import type { Fact } from '../../blocks/membership/index.ts';
import type { Peer } from '../../core/index.ts';
import type { DataMessage } from './data-messages.ts';
import type { QueryMessage } from './query-messages.ts';
import type { ValueMessage } from './value-messages.ts';
import type { TopicMessage } from './topic-messages.ts';

/** Everything that crosses the wire between two nodes of this design. */
export type HearsayMessage = MembershipMessage | PartMessage;

export type MembershipMessage = PacketMessage | StreamMessage;

/** What the parts besides membership tell each other. */
export type PartMessage = DataMessage | QueryMessage | TopicMessage | ValueMessage;

/** By `send`: each fits one packet, with as much news as there is room for. */
export type PacketMessage = Ping | Ack | PingRequest | Nack | Gossip | Sync;

/** By `sendReliably`. An `ack` answers a `probe` on its own connection. */
export type StreamMessage = Probe | Ack | Join | Admit | Page;

/** "Are you there?" Answered by `ack` with the same `seq`. */
export interface Ping {
  readonly type: 'ping';
  readonly seq: number;
  readonly news: readonly News[];
}
export interface Ack {
  readonly type: 'ack';
  readonly seq: number;
  readonly news: readonly News[];
}
/** "Ask `target` for me": answered by `ack` when it answers, by `nack` when it has not in time. */
export interface PingRequest {
  readonly type: 'ping-request';
  readonly seq: number;
  readonly target: Peer;
  readonly news: readonly News[];
}
/** "I am here, but `target` did not answer me", and what I met instead. */
export interface Nack {
  readonly type: 'nack';
  readonly seq: number;
  readonly met: Met;
  readonly news: readonly News[];
}
export interface Gossip {
  readonly type: 'gossip';
  readonly news: readonly News[];
}
/** A ping over a stream. */
export interface Probe {
  readonly type: 'probe';
  readonly seq: number;
  readonly news: readonly News[];
}
/** A newcomer's first message, to a seed; answered by `admit` and then pages. */
export interface Join {
  readonly type: 'join';
  readonly fact: Fact;
}
export interface Admit {
  readonly type: 'admit';
  /** `name-taken`: another living member has the name; no pages follow. */
  readonly verdict: 'welcome' | 'name-taken';
  /** The latest start known of another life of this name; 0: none. */
  readonly start: number;
  /** What dialling the newcomer back met. */
  readonly streams: Streams;
  /** The time, as far as the server knows: whole milliseconds since 1970; 0: it is new itself. */
  readonly wallMs: number;
}
/** "Do our views agree?" If not, answered by pages over a stream. */
export interface Sync {
  readonly type: 'sync';
  readonly checksum: number;
}
/** A part of a view, at most 64 kB. `last` ends it; `want`: answer with what I lack. */
export interface Page {
  readonly type: 'page';
  readonly news: readonly News[];
  readonly last: boolean;
  readonly want: boolean;
}
