/** A member that tells others what is not so of the events of one origin. */
import type { Peer } from '../../src/core/index.ts';
import { makePublication, type Publication } from '../../src/designs/hearsay/publication.ts';
import type { Span, TopicMessage } from '../../src/designs/hearsay/index.ts';
import type { Node } from '../topic-world.ts';

export class Liar {
  readonly node: Node;
  readonly #origin: Node;

  constructor(node: Node, origin: Node) {
    this.node = node;
    this.#origin = origin;
  }

  /** As if it had these events, as an answer to what was never asked. */
  claim(to: readonly Node[], first: number, last: number): void {
    this.tell(to, {
      type: 'topic-digest',
      purpose: 'answer',
      checksum: 1,
      spans: [this.#span(first, last)],
    });
  }

  /** The same on its links, if it has one there; else it is told that there is none. */
  announce(to: readonly Node[], first: number, last: number): void {
    const note = { type: 'have', ...this.#span(first, last) } as const;
    const flow = { number: 0, ack: undefined, pressure: 0, notes: [note], runs: [] };
    this.tell(to, { type: 'topic-flow', ...flow });
  }

  /** What was before they joined. */
  greet(to: readonly Node[], first: number, last: number): void {
    this.tell(to, {
      type: 'topic-digest',
      purpose: 'greeting',
      checksum: 1,
      spans: [this.#span(first, last)],
    });
  }

  /** Events that the origin never published. */
  forge(to: readonly Node[], from: number, count: number, key = ''): void {
    const { name, nodeId } = this.#origin;
    const events = Array.from({ length: count }, (_, i) => forged(from + i, key));
    this.tell(to, { type: 'topic-page', spans: [], runs: [{ origin: { name, nodeId }, events }] });
  }

  /** The origin's own word, from somebody else. */
  vouch(to: readonly Node[], nonce: number, first: number, last: number): void {
    this.tell(to, { type: 'topic-word', nonce, first, last });
  }

  tell(to: readonly Node[], message: TopicMessage): void {
    const peers = to
      .filter((node) => node !== this.node && node.isUp)
      .map(({ self }): Peer => self);
    this.node.call((_, env) => {
      for (const peer of peers) env.send(peer, message);
    });
  }

  #span(first: number, last: number): Span {
    return { nodeId: this.#origin.nodeId, first, last };
  }
}

/** As `publish` writes it. */
function forged(seq: number, key: string): Publication {
  const text = FORGED;
  const body = Uint8Array.from([text.length, ...[...text].map((letter) => letter.charCodeAt(0))]);
  return makePublication({
    seq,
    form: 'whole',
    topic: 'news',
    key,
    format: 'bytes',
    body,
    trace: undefined,
  });
}

export const FORGED = 'forged';
