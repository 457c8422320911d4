/**
 * What crosses the control socket: HTTP with JSON, one route each. An error is
 * `{error: {code, message}}` with a status from 400 on.
 *
 * | route                | body            | answer             |
 * | -------------------- | --------------- | ------------------ |
 * | GET /v1/info         |                 | {@link Info}       |
 * | GET /v1/members?all  |                 | {@link ListedMember}[] |
 * | GET /v1/members/NAME |                 | {@link MemberStory} |
 * | GET /v1/counters     |                 | `ClusterCounters`  |
 * | GET /v1/events       |                 | {@link Notice} each, as server-sent events |
 * | POST /v1/join        | `{seeds}`       | `{members}`        |
 * | POST /v1/leave       |                 | `{}`, then the agent ends |
 * | GET /v1/tags         |                 | `{tags}` of this node |
 * | POST /v1/tags        | `{tags}`        | `{}`: they replace all others |
 * | PATCH /v1/tags       | `{tags, remove}` | {@link TagsChanged} |
 * | POST /v1/evict       | `{name}`        | `{evicted}`        |
 * | GET /v1/state?prefix |                 | {@link ListedEntry}[] of this node |
 * | GET /v1/state?prefix&watch |           | {@link WatchNotice} each, as server-sent events |
 * | GET /v1/state/KEY    |                 | the value, JSON or bytes |
 * | PUT /v1/state/KEY    | the value       | `{}`               |
 * | DELETE /v1/state/KEY |                 | `{deleted}`        |
 * | GET /v1/members/NAME/state … |         | the same of another member |
 * | GET, PUT, DELETE /v1/map … |           | the same of the shared map |
 * | POST /v1/query       | {@link QueryRequest} | {@link QueryNotice} each, as server-sent events |
 * | POST /v1/topics/TOPIC | {@link PublishRequest} | `{}` |
 * | GET /v1/topics/TOPIC?replay |          | {@link TopicMessage} each, as server-sent events |
 * | GET /v1/traces       |                 | `Traced[]`, the newest first |
 * | POST /v1/traces      | {@link TraceRequest} | `Trace`       |
 * | GET /v1/keys         |                 | {@link ListedKey}[] |
 * | POST /v1/keys        | `{secret}`      | `{fingerprint}`    |
 * | POST /v1/keys/use    | `{fingerprint}` | `{}`               |
 * | POST /v1/keys/remove | `{fingerprint}` | `{}`               |
 * | GET /v1/impairments  |                 | {@link ImpairmentSettings}, empty: none |
 * | PUT /v1/impairments  | {@link ImpairmentSettings} | the same: they replace all others |
 * | DELETE /v1/impairments |               | `{}`               |
 */
import { z } from 'zod';
import type { AnswerError, Cluster, ClusterEvent, Json, MapChange, Member } from '../api/index.ts';
import type { Overflow, QuerySummary, StateChange, TopicNotice } from '../api/index.ts';
import { seedSchema, tagsSchema } from '../cluster/options.ts';
import type { HostCounters, NodeId } from '../core/index.ts';
import type { HearsayCounts, Load, Tags } from '../designs/hearsay/index.ts';
import type { ImpairmentSettings } from '../net/index.ts';
import type { HandlerCounts } from './handlers.ts';
import type { HistoryEntry } from './history.ts';

export interface Info {
  readonly name: string;
  readonly cluster: string;
  readonly phase: Cluster['phase'];
  /** Null while it is joining, like what else it does not have yet. */
  readonly address: string | null;
  readonly nodeId: NodeId | null;
  /** Of this life, ms since 1970. */
  readonly start: number | null;
  /** Live members, this one included. */
  readonly members: number;
  /** Lifeguard's score: 0 is well, 8 the worst. */
  readonly health: number;
  readonly checksum: number;
  /** What the node holds, and what it turned away; null while it is joining. */
  readonly load: Load | null;
  readonly uptimeMs: number;
  readonly rssBytes: number;
  readonly pid: number;
  readonly version: string;
  /** What its network is made to suffer, for tests; null: nothing. */
  readonly impairments: ImpairmentSettings | null;
  /** Null without a data directory. `blocked`: it cannot be written. */
  readonly dataDir: {
    readonly path: string;
    readonly logBytes: number;
    /** Large values, each in a file of its own. */
    readonly values: number;
    readonly valueBytes: number;
    readonly blocked: boolean;
  } | null;
  /** What the commands given with `--on` have done. */
  readonly handlers: HandlerCounts;
  /** Probes, suspicions, deaths, exchanges of this life; null while it is joining. */
  readonly protocol: HearsayCounts | null;
  /** What the sockets have carried since they were opened. */
  readonly counters: HostCounters;
}

/** A member, and since when its status has been what it is. */
export interface ListedMember extends Member {
  /** Milliseconds since 1970; null where nothing was heard of it for too long. */
  readonly since: number | null;
}

/** What happened to one member, oldest first, and what it means. */
export interface MemberStory {
  readonly member: ListedMember;
  readonly history: readonly HistoryEntry[];
  /** Sentences: why it was last suspected, and what to look at. */
  readonly why: readonly string[];
}

/** What programs keep and send, where only JSON may stand; neither: there is nothing. */
export interface JsonContent {
  readonly value?: Json | undefined;
  /** Bytes, where the value is no JSON. */
  readonly base64?: string | undefined;
}

/** A key of state or map. Neither `value` nor `base64`: it is large and not here yet. */
export interface ListedEntry extends JsonContent {
  readonly key: string;
}

/** Neither `value` nor `base64`: deleted. */
export type WatchNotice =
  | (Omit<StateChange, 'value' | 'before'> & ListedEntry)
  | (Omit<MapChange, 'value' | 'before'> & ListedEntry)
  | Overflow;

/** The first server-sent event is a snapshot; then everything that happens. */
export type Notice =
  | { readonly type: 'snapshot'; readonly info: Info; readonly members: readonly Member[] }
  | Exclude<ClusterEvent, StateChange | MapChange>
  | Overflow;

/** An answer as it comes, or at the end what has become of the query. */
export type QueryNotice =
  | ({
      readonly type: 'answer';
      readonly from: string;
      /** There will be no answer from there. */
      readonly error?: AnswerError;
    } & JsonContent)
  | ({ readonly type: 'summary' } & QuerySummary);

export const queryBody = z.strictObject({
  name: z.string(),
  payload: z.json().optional(),
  tags: tagsSchema.optional(),
  names: z.array(z.string()).optional(),
  timeoutMs: z.number().optional(),
  limit: z.number().optional(),
});
export type QueryRequest = Omit<z.output<typeof queryBody>, 'payload'> & {
  readonly payload?: Json | undefined;
};

export const publishBody = z.strictObject({
  value: z.json().optional(),
  base64: z.base64().optional(),
  key: z.string().optional(),
  trace: z.boolean().optional(),
});
/** `value` or, of bytes, `base64`. */
export type PublishRequest = Omit<z.output<typeof publishBody>, 'value'> & {
  readonly value?: Json | undefined;
};

/** Nothing: the newest traced event. */
export const traceBody = z.strictObject({
  origin: z.string().optional(),
  seq: z.number().optional(),
});
export type TraceRequest = z.output<typeof traceBody>;

/** What a topic's follower gets: `value` or, of bytes, `base64`. */
export type TopicMessage =
  | (Omit<Extract<TopicNotice<Json>, { readonly type: 'event' }>, 'value'> & JsonContent)
  | Extract<TopicNotice<Json>, { readonly type: 'gap' }>
  | Overflow;

/** What a node's tags are after a change. */
export interface TagsChanged {
  readonly tags: Tags;
  /** Of the keys to remove, those that were none of its tags. */
  readonly missing: readonly string[];
}

export const joinBody = z.strictObject({ seeds: z.array(seedSchema).min(1, 'give a seed') });
export const tagsBody = z.strictObject({ tags: tagsSchema });
/** Keys to remove, then tags to set. */
export const tagsChangeBody = z.strictObject({
  tags: tagsSchema.default({}),
  remove: z.array(z.string()).default([]),
});
export const evictBody = z.strictObject({ name: z.string().min(1, 'give the name of a member') });
export const impairmentsBody = z.strictObject({
  loss: z.number().optional(),
  delayMs: z.number().optional(),
  jitterMs: z.number().optional(),
  cut: z.array(z.string()).optional(),
  block: z.array(z.enum(['udp', 'tcp'])).optional(),
  mode: z.enum(['drop', 'reject']).optional(),
  direction: z.enum(['in', 'out', 'both']).optional(),
});
export const secretBody = z.strictObject({ secret: z.string() });
export const fingerprintBody = z.strictObject({ fingerprint: z.string() });
/** The routes without arguments take nothing or `{}`. */
export const emptyBody = z.strictObject({});
