import type { NodeId } from '../../core/index.ts';
import type { FlowAck } from '../../blocks/overlay/index.ts';
import type { Origin, Publication } from './publication.ts';

/** What crosses the wire for events. Origins are named by the nodeId of their life. */
export type TopicMessage =
  | TopicLink
  | TopicFlow
  | TopicPage
  | TopicDigest
  | TopicWant
  | TopicDoubt
  | TopicWord;

/** Whether a message is one of topics. */
export function isOfTopics(message: { readonly type: string }): message is TopicMessage {
  return message.type.startsWith('topic');
}

/** About the link itself. `degree`: links that the sender has. By packet. */
export interface TopicLink {
  readonly type: 'topic-link';
  readonly step: LinkStep;
  readonly degree: number;
}
/** `urge`: an ask that counts whatever the degree of the asked. `end`: there is no link. */
export type LinkStep = 'ask' | 'urge' | 'grant' | 'refuse' | 'end';

/** What flows on a link: events, and what is said of their origins. By packet. */
export interface TopicFlow {
  readonly type: 'topic-flow';
  /** Counts the packets that are to be acknowledged; 0: this one is not. */
  readonly number: number;
  readonly ack: FlowAck | undefined;
  /** How full the queues behind the sender are: 0 … 255. */
  readonly pressure: number;
  readonly notes: readonly Note[];
  readonly runs: readonly Run[];
}

/** Events of one origin, numbers ascending. */
export interface Run {
  readonly origin: Origin;
  readonly events: readonly Publication[];
}

export type Note =
  /** Send me no more of this origin's events, only word of them; or do send them. */
  | { readonly type: 'prune' | 'graft'; readonly nodeId: NodeId }
  /** I have these. */
  | ({ readonly type: 'have' } & Span);

/** What a node has of an origin, without a hole; `last` below `first`: nothing. */
export interface Span {
  readonly nodeId: NodeId;
  readonly first: number;
  readonly last: number;
}

/** Events asked for, by packet where few and by stream; and what else the sender has of them. */
export interface TopicPage {
  readonly type: 'topic-page';
  readonly spans: readonly Span[];
  readonly runs: readonly Run[];
}

/** What the sender has. By packet, or by stream to a newcomer. */
export interface TopicDigest {
  readonly type: 'topic-digest';
  /** `greeting`: to a newcomer, whose past this is. `question`: what do you have? */
  readonly purpose: 'greeting' | 'question' | 'answer';
  /** Over all origins: 32 bits, equal for equal knowledge. */
  readonly checksum: number;
  readonly spans: readonly Span[];
}

/** "Send me these." Answered by pages. By packet. */
export interface TopicWant {
  readonly type: 'topic-want';
  readonly ranges: readonly Wanted[];
}
export interface Wanted {
  readonly nodeId: NodeId;
  readonly from: number;
  readonly to: number;
}

/** To an origin: "what have you published?", since others say what may not be true. */
export interface TopicDoubt {
  readonly type: 'topic-doubt';
  /** 32 bits that nobody else can know, and that the answer repeats. */
  readonly nonce: number;
}

/** An origin's own word: the first of its events that it still has, and the last there is. */
export interface TopicWord {
  readonly type: 'topic-word';
  readonly nonce: number;
  readonly first: number;
  /** Below `first`: it has none. */
  readonly last: number;
}
