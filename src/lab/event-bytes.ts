/**
 * What goes over the network for events, by what it is for: each message of topics is encoded once
 * more when it is sent. Membership is left out, since it costs the same without events.
 */
import { ENVELOPE_BYTES } from '../core/index.ts';
import { hearsay, isOfTopics, type TopicMessage } from '../designs/hearsay/index.ts';
import { ByteWriter } from '../wire/index.ts';

/** Bytes as encoded; the envelope of each message apart. */
export interface EventBytes {
  /** Bodies of events, of all copies. */
  readonly bodies: number;
  /** What is around them in the same packets: origin, number, topic; what is said to the link. */
  readonly headers: number;
  /** Messages with nothing but word of events, or of what a link shall carry. */
  readonly announcements: number;
  /** Messages with nothing but an acknowledgement. */
  readonly acknowledgements: number;
  /** Questions for what is missing, and what comes beside bodies in the answers. */
  readonly fetches: number;
  /** Links asked for and ended; comparisons of all that nodes have. */
  readonly upkeep: number;
  /** 40 for each message. */
  readonly envelopes: number;
}

export class EventByteCounter {
  readonly #writer = new ByteWriter();
  #bytes = zeroBytes();

  /** Since the last `clear`, for each of so many deliveries. */
  per(deliveries: number): EventBytes {
    const bytes = zeroBytes();
    for (const what of WHATS) bytes[what] = this.#bytes[what] / deliveries;
    return bytes;
  }

  clear(): void {
    this.#bytes = zeroBytes();
  }

  /** The flagship, its nodes counting here what they send: no message of topics goes to two. */
  design(): typeof hearsay {
    return {
      ...hearsay,
      codec: (shared) => {
        const codec = hearsay.codec(shared);
        return {
          ...codec,
          sizeOf: (message) => {
            if (isOfTopics(message)) {
              this.#writer.clear();
              codec.encode(message, this.#writer, shared.book);
              this.#note(message, this.#writer.length);
            }
            return codec.sizeOf(message);
          },
        };
      },
    };
  }

  #note(message: TopicMessage, bytes: number): void {
    const bodies = bodyBytes(message);
    this.#bytes.bodies += bodies;
    this.#bytes[kindOf(message)] += bytes - bodies;
    this.#bytes.envelopes += ENVELOPE_BYTES;
  }
}

function kindOf(message: TopicMessage): Exclude<keyof EventBytes, 'bodies' | 'envelopes'> {
  switch (message.type) {
    case 'topic-flow':
      if (message.runs.length > 0) return 'headers';
      return message.notes.length > 0 ? 'announcements' : 'acknowledgements';
    case 'topic-want':
    case 'topic-page':
    case 'topic-doubt':
    case 'topic-word':
      return 'fetches';
    case 'topic-link':
    case 'topic-digest':
      return 'upkeep';
  }
}

function bodyBytes(message: TopicMessage): number {
  if (message.type !== 'topic-flow' && message.type !== 'topic-page') return 0;
  let bytes = 0;
  for (const { events } of message.runs) for (const { body } of events) bytes += body.length;
  return bytes;
}

const WHATS = Object.keys(zeroBytes()) as (keyof EventBytes)[];

function zeroBytes(): Record<keyof EventBytes, number> {
  return {
    bodies: 0,
    headers: 0,
    announcements: 0,
    acknowledgements: 0,
    fetches: 0,
    upkeep: 0,
    envelopes: 0,
  };
}
