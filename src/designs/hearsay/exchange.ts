/**
 * Full exchange of two views: whoever asks sends its checksum, by packet, since all that a loss
 * costs is a later exchange. If it differs, it gets pages over a stream, and answers with what
 * those lacked.
 */
import { compareNews, type News } from '../../blocks/membership/index.ts';
import { ENVELOPE_BYTES, mark, NOBODY, STREAM_BYTES_MAX, type Peer } from '../../core/index.ts';
import { MESSAGE_BYTES, newsBytes } from './codec.ts';
import type { Contact } from './contact.ts';
import type { HearsayCounts } from './counts.ts';
import type { Page, Sync } from './messages.ts';
import { paginate } from './pages.ts';
import type { HearsayEnv } from './protocol-env.ts';
import type { View } from './view.ts';

export class Exchange {
  readonly #view: View;
  readonly #contact: Contact;
  /** Pages being read, by who sends them. */
  #readings: Map<Peer, Reading> | undefined;
  #begun = 0;
  #equal = 0;
  #differing = 0;
  #answersSinceMs = -Infinity;
  #answers = 0;
  #unanswered = 0;
  #abandoned = 0;

  constructor(view: View, contact: Contact) {
    this.#view = view;
    this.#contact = contact;
  }

  /** Pieces of news held by what is being read. */
  get told(): number {
    let count = 0;
    for (const { told } of this.#readings?.values() ?? []) count += told.size;
    return count;
  }

  get counts(): HearsayCounts['exchanges'] {
    return { asked: this.#begun, equal: this.#equal, differing: this.#differing };
  }

  /** Questions that got no answer, since too many came at once. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** Readings given up, since there were too many or they were too long. */
  get abandoned(): number {
    return this.#abandoned;
  }

  /** Asks whether views agree. */
  begin(env: HearsayEnv, to: Peer): void {
    this.#begun++;
    env.send(to, { type: 'sync', checksum: this.#view.roster.checksum });
  }

  /** Asks a random live member, rather none that is suspected; returns whom, or NOBODY. */
  beginWithAnyone(env: HearsayEnv): Peer {
    const { roster, selfSlot } = this.#view;
    let slot = roster.pick(env.random, selfSlot);
    for (let i = 0; i < PICKS_AGAIN && slot >= 0 && roster.status(slot) === 'suspect'; i++) {
      slot = roster.pick(env.random, selfSlot);
    }
    const fact = roster.fact(slot);
    if (fact === undefined) return NOBODY;
    this.begin(env, fact.peer);
    return fact.peer;
  }

  asked(env: HearsayEnv, from: Peer, { checksum }: Sync): void {
    if (this.#view.selfSlot < 0) return; // Whoever remembers its past life asks a newcomer too.
    if (checksum === this.#view.roster.checksum) {
      this.#equal++;
      return;
    }
    this.#differing++;
    if (!this.#mayAnswer(env)) return;
    mark('exchange');
    this.tellAll(env, from, true);
  }

  /** Sends everything known, this node itself included. `want`: and asks for what it lacks. */
  tellAll(env: HearsayEnv, to: Peer, want: boolean): void {
    const { self, selfSlot } = this.#view;
    const all = [...this.#view.everything(env.now)];
    if (selfSlot < 0) all.push(self.news); // Not announced yet: two newcomers seed each other.
    this.tell(env, to, all, want);
  }

  /** Sends these, in pages. */
  tell(env: HearsayEnv, to: Peer, list: readonly News[], want: boolean): void {
    const pages = paginate(list, newsBytes, PAGE_ROOM);
    pages.forEach((news, i) => {
      const last = i === pages.length - 1;
      const page: Page = { type: 'page', news, last, want: want && last };
      env.sendReliably(to, page, this.#contact.nextSeq(), 'bulk');
    });
  }

  /** Takes in a page. Returns whether it accuses this node. */
  page(env: HearsayEnv, from: Peer, page: Page, spread: boolean): boolean {
    const reading = this.#reading(env, from);
    const accused = this.#view.hearAll(env, page.news, { from, spread, doubtful: spread });
    const { roster } = this.#view;
    for (const news of page.news) {
      // Of names that are not known here, nothing can be lacking there.
      if (roster.slotOfFact(news.fact) >= 0) reading.told.set(news.fact.name, news);
    }
    if (!page.last) {
      this.#shed();
      return accused;
    }
    this.#readings?.delete(from);
    if (page.want && this.#mayAnswer(env)) {
      this.tell(env, from, this.#lacking(env, reading), false);
    }
    return accused;
  }

  /** An answer may be a thousand times as long as its question: only so many a second. */
  #mayAnswer(env: HearsayEnv): boolean {
    if (env.now - this.#answersSinceMs >= ANSWERS_WINDOW_MS) {
      this.#answersSinceMs = env.now;
      this.#answers = 0;
    }
    if (++this.#answers <= ANSWERS_MAX) return true;
    this.#unanswered++;
    return false;
  }

  /** Gives up the oldest readings while they hold too much. */
  #shed(): void {
    let held = this.told;
    for (const [peer, { told }] of this.#readings ?? []) {
      if (held <= TOLD_MAX) return;
      held -= told.size;
      this.#abandoned++;
      this.#readings?.delete(peer);
    }
  }

  /** What the other side did not tell, or told in an older form. */
  #lacking(env: HearsayEnv, reading: Reading): News[] {
    const lacking: News[] = [];
    for (const mine of this.#view.everything(env.now)) {
      const theirs = reading.told.get(mine.fact.name);
      const newer =
        theirs === undefined || compareNews(mine.fact, mine.status, theirs.fact, theirs.status) > 0;
      if (newer) lacking.push(mine);
    }
    return lacking;
  }

  #reading(env: HearsayEnv, from: Peer): Reading {
    const readings = (this.#readings ??= new Map<Peer, Reading>());
    let reading = readings.get(from);
    if (reading !== undefined) return reading;
    for (const [peer, { sinceMs }] of readings) {
      const stale = env.now - sinceMs > READING_MS;
      if (!stale && readings.size < READINGS_MAX) break; // Oldest first.
      this.#abandoned++;
      readings.delete(peer);
    }
    reading = { sinceMs: env.now, told: new Map() };
    readings.set(from, reading);
    return reading;
  }
}

interface Reading {
  readonly sinceMs: number;
  readonly told: Map<string, News>;
}

/** For news, in one stream message. */
export const PAGE_ROOM = STREAM_BYTES_MAX - ENVELOPE_BYTES - MESSAGE_BYTES.page;
/** Asking one that is gone loses an interval: with a quarter suspected that is one in 64. */
const PICKS_AGAIN = 2;
/** Pages of one view come within seconds; who does not finish is forgotten. */
const READING_MS = 60_000;
const READINGS_MAX = 64;
/** Twice what the largest planned cluster has members. */
export const TOLD_MAX = 131_072;
/** In calm a node is asked once an exchange interval; newcomers and healed cuts ask more. */
const ANSWERS_MAX = 64;
const ANSWERS_WINDOW_MS = 1000;
