/** What others ask for of the events that this node has, within what it can spare. */
import { ENVELOPE_BYTES, STREAM_BYTES_MAX, type Peer } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { Publication } from '../publication.ts';
import { LIST_BYTES, runBytes, SPAN_BYTES } from '../topic-codec.ts';
import type { Run, Span, TopicPage, TopicWant } from '../topic-messages.ts';
import type { View } from '../view.ts';
import type { TopicCounts } from './counts.ts';
import type { Stamp } from './flows.ts';
import type { Origins, OriginState } from './origins.ts';

export class Wants {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #origins: Origins;
  readonly #counts: TopicCounts;
  readonly #stamp: Stamp;
  #sinceMs = -Infinity;
  #bytes = 0;

  constructor(view: View, contact: Contact, origins: Origins, counts: TopicCounts, stamp: Stamp) {
    this.#view = view;
    this.#contact = contact;
    this.#origins = origins;
    this.#counts = counts;
    this.#stamp = stamp;
  }

  /** Others lack what this node may have. */
  asked(env: HearsayEnv, from: Peer, { ranges }: TopicWant): void {
    if (env.now - this.#sinceMs >= 1000) {
      this.#sinceMs = env.now;
      this.#bytes = 0;
    }
    const answer = new Answer(this.#view.config.packetBytesMax);
    for (const { nodeId, from: first, to } of ranges.slice(0, RANGES_MAX)) {
      const state = this.#origins.get(nodeId);
      if (state === undefined) continue;
      answer.spans.push(state.span);
      let left = RANGE_MAX;
      for (const event of state.log.between(first, to)) {
        if (left-- === 0) break;
        if (this.#bytes > ANSWERED_BYTES_MAX || answer.isFull) {
          this.#counts.unanswered++;
          break;
        }
        this.#bytes += event.bytes;
        if (event.form === 'whole') this.#counts.payloads.fetch++;
        answer.add(state, this.#stamp(env, state, event, 'fetch'));
      }
    }
    for (const page of answer.pages()) {
      if (answer.fitsPacket) env.send(from, page);
      else env.sendReliably(from, page, this.#contact.nextSeq(), 'bulk');
    }
  }
}

/** Events packed into messages: one packet if they fit, else pages for a stream. */
class Answer {
  readonly spans: Span[] = [];
  readonly #packetBytesMax: number;
  readonly #pages: { readonly runs: { origin: OriginState; events: Publication[] }[] }[] = [
    { runs: [] },
  ];
  #pageBytes = LIST_BYTES;
  #bytes = 0;

  constructor(packetBytesMax: number) {
    this.#packetBytesMax = packetBytesMax;
  }

  get isFull(): boolean {
    return this.#pages.length >= PAGES_MAX && this.#pageBytes > PAGE_BYTES_MAX / 2;
  }

  get fitsPacket(): boolean {
    const spanBytes = this.spans.length * SPAN_BYTES;
    return this.#pages.length === 1 && this.#pageBytes + spanBytes <= this.#packetBytesMax;
  }

  add(origin: OriginState, event: Publication): void {
    let page = this.#pages.at(-1)!;
    const bytes = event.bytes + runBytes({ origin });
    if (this.#pageBytes + bytes > PAGE_BYTES_MAX && this.#bytes > 0) {
      page = { runs: [] };
      this.#pages.push(page);
      this.#pageBytes = LIST_BYTES;
    }
    const run = page.runs.at(-1);
    if (run?.origin === origin && run.events.at(-1)!.last < event.seq) run.events.push(event);
    else page.runs.push({ origin, events: [event] });
    this.#pageBytes += bytes;
    this.#bytes += bytes;
  }

  *pages(): Generator<TopicPage> {
    let { spans } = this as { spans: readonly Span[] };
    if (spans.length === 0) return;
    for (const { runs } of this.#pages) {
      const list: Run[] = runs.map(({ origin: { nodeId, name }, events }) => ({
        origin: { nodeId, name },
        events,
      }));
      yield { type: 'topic-page', spans, runs: list };
      spans = [];
    }
  }
}

/** Of one question: pieces, and events in all. */
export const RANGES_MAX = 16;
export const RANGE_MAX = 1024;
/** Of one answer; a live connection queues five. */
const PAGES_MAX = 4;
const PAGE_BYTES_MAX = STREAM_BYTES_MAX - ENVELOPE_BYTES - RANGES_MAX * SPAN_BYTES;
/** Per second, to all: what a node can spare. */
const ANSWERED_BYTES_MAX = 8 * 1024 * 1024;
