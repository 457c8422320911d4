import type { Path } from '../publication.ts';

/** What this life has done for events so far. */
export interface TopicCounts {
  published: number;
  /** Told to the application, this node's own ones included. */
  delivered: number;
  /** Bodies sent to one node each, by how. */
  readonly payloads: Record<Path, number>;
  /** Bodies that came though they were known. */
  duplicates: number;
  /** Origins told of where no bodies go; and the packets for it alone. */
  haves: number;
  announcements: number;
  /** Packets for acknowledgements alone. */
  acks: number;
  prunes: number;
  grafts: number;
  wants: number;
  /** Wants not answered: too many at once. */
  unanswered: number;
  /** Gaps told to the application. */
  gaps: number;
  /** Queues of links given up, since they were full. */
  lagged: number;
  /** Refused at `publish`. */
  refused: number;
  /** Events that others sent and that could not be true or kept. */
  rejected: number;
  /** Questions to origins, whether what others say of them is true. */
  doubts: number;
  /** What others said to have, and the origin itself said not to exist. */
  falseClaims: number;
  /** Answers of origins that were not asked for, or came too late. */
  strayWords: number;
}

export function zeroTopicCounts(): TopicCounts {
  return {
    published: 0,
    delivered: 0,
    payloads: { eager: 0, retransmit: 0, fetch: 0, replay: 0 },
    duplicates: 0,
    haves: 0,
    announcements: 0,
    acks: 0,
    prunes: 0,
    grafts: 0,
    wants: 0,
    unanswered: 0,
    gaps: 0,
    lagged: 0,
    refused: 0,
    rejected: 0,
    doubts: 0,
    falseClaims: 0,
    strayWords: 0,
  };
}
