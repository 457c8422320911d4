import type { Format, Origin } from './publication.ts';

/** What topics tell the application. */
export type TopicEvent =
  /** An event, in the order of its origin; once. This node's own ones, too. */
  | {
      readonly type: 'event-published';
      readonly topic: string;
      /** '' where it has none. */
      readonly key: string;
      readonly format: Format;
      readonly body: Uint8Array;
      readonly origin: Origin;
      /** Counts the events of this life of the origin, of all topics, from 1. */
      readonly seq: number;
      /** It was published before this node joined. */
      readonly replayed: boolean;
    }
  /** Events that nobody reachable has any more: all that were published on any topic there. */
  | {
      readonly type: 'events-missed';
      readonly origin: Origin;
      readonly from: number;
      readonly to: number;
      /** They were published before this node joined. */
      readonly replayed: boolean;
    }
  /** After `publish` was refused for a full queue: there is room again. */
  | { readonly type: 'events-drained' };
