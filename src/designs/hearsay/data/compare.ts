/**
 * Anti-entropy: now and then a node compares what it holds with what a random member holds: so what
 * gossip has lost arrives all the same.
 *
 * One packet asks with a checksum over everything; if that differs, each tells the other all that
 * the other lacks, over a stream.
 */
import { compareEntries, type Entry } from '../../../blocks/data/index.ts';
import { ENVELOPE_BYTES, mark, STREAM_BYTES_MAX } from '../../../core/index.ts';
import type { Holding, Peer } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import { DATA_MESSAGE_BYTES } from '../data-codec.ts';
import type { Ledger } from './ledger.ts';
import type { DataAgree, DataChecksum, DataCompare, DataPage } from '../data-messages.ts';
import { entryNow, type Cell } from './store.ts';

export class Compare {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #ledger: Ledger;
  /** Keys that somebody has told all about, while his pages come. */
  readonly #readings = new Map<Peer, Set<Cell>>();
  #isTicking = false;
  #asked = 0;
  #abandoned = 0;

  constructor(view: View, contact: Contact, ledger: Ledger) {
    this.#view = view;
    this.#contact = contact;
    this.#ledger = ledger;
  }

  /** Comparisons begun so far. */
  get asked(): number {
    return this.#asked;
  }

  holdings(): Holding[] {
    let count = 0;
    for (const told of this.#readings.values()) count += told.size;
    return [{ what: 'keys being compared', count, countMax: COMPARED_MAX }];
  }

  turnedAway(): Readonly<Record<string, number>> {
    return { 'data-readings': this.#abandoned };
  }

  /** There is something to compare from now on. */
  start(env: HearsayEnv): void {
    if (this.#isTicking || this.#view.selfSlot < 0 || this.#ledger.store.size === 0) return;
    this.#isTicking = true;
    env.after(this.#view.config.compareIntervalMs * env.random.float(), Timer.DataCompare);
  }

  tick(env: HearsayEnv): void {
    this.#isTicking = this.#view.selfSlot >= 0 && this.#ledger.store.size > 0;
    if (!this.#isTicking) return;
    const { roster, selfSlot, config } = this.#view;
    const fact = roster.fact(roster.pick(env.random, selfSlot));
    if (fact !== undefined) this.begin(env, fact.peer, false);
    env.after(config.compareIntervalMs * (0.5 + env.random.float()), Timer.DataCompare);
  }

  /** Asks somebody whether he holds the same. */
  begin(env: HearsayEnv, to: Peer, isNewcomer: boolean): void {
    this.#asked++;
    const { checksum } = this.#ledger.store;
    const message: DataCompare = { type: 'data-compare', checksum };
    if (isNewcomer) env.sendReliably(to, message, this.#contact.nextSeq(), 'bulk');
    else env.send(to, message);
  }

  answer(env: HearsayEnv, from: Peer, { checksum }: DataCompare): void {
    if (isSame(checksum, this.#ledger.store.checksum)) {
      env.send(from, { type: 'data-agree', checksum });
      return;
    }
    mark('data-differ');
    this.#tell(env, from, [...this.#ledger.store.cells()], true);
  }

  agreed(_env: HearsayEnv, _from: Peer, _agree: DataAgree): void {}

  page(env: HearsayEnv, from: Peer, page: DataPage): void {
    const told = this.#readings.get(from) ?? new Set<Cell>();
    this.#readings.set(from, told);
    for (const entry of page.entries) {
      this.#ledger.hear(env, entry, from);
      const cell = this.#ledger.store.cellOf(entry);
      if (cell !== undefined && isSaidBy(cell, entry)) told.add(cell);
    }
    if (!page.last) return this.#shed();
    this.#readings.delete(from);
    if (!page.want) return;
    const lacking = [...this.#ledger.store.cells()].filter((cell) => !told.has(cell));
    if (lacking.length > 0) this.#tell(env, from, lacking, false);
  }

  #tell(env: HearsayEnv, to: Peer, cells: readonly Cell[], want: boolean): void {
    const small = [...cells].sort((a, b) => a.bytes - b.bytes);
    const pages = paginate(small);
    pages.forEach((page, i) => {
      const last = i === pages.length - 1;
      const entries = page.map((cell) => entryNow(cell, env.now));
      const message: DataPage = { type: 'data-page', entries, last, want: want && last };
      env.sendReliably(to, message, this.#contact.nextSeq(), 'bulk');
    });
  }

  /** Gives up the oldest readings while they hold too much. */
  #shed(): void {
    let held = this.holdings()[0]!.count;
    for (const [peer, told] of this.#readings) {
      if (held <= COMPARED_MAX) return;
      held -= told.size;
      this.#abandoned++;
      this.#readings.delete(peer);
    }
  }
}

function isSame(a: DataChecksum, b: DataChecksum): boolean {
  return a.high === b.high && a.low === b.low;
}

/** Whether what is held is what was told. */
function isSaidBy(cell: Cell, entry: Entry): boolean {
  return compareEntries(cell.entry, entry) === 0;
}

/** Cuts a list into parts that each fit one stream message; at least one, perhaps empty. */
function paginate(cells: readonly Cell[]): Cell[][] {
  const room = STREAM_BYTES_MAX - ENVELOPE_BYTES - DATA_MESSAGE_BYTES['data-page'];
  const pages: Cell[][] = [];
  let page: Cell[] = [];
  let bytes = 0;
  for (const cell of cells) {
    if (bytes + cell.bytes > room) {
      pages.push(page);
      page = [];
      bytes = 0;
    }
    page.push(cell);
    bytes += cell.bytes;
  }
  pages.push(page);
  return pages;
}

/** Twice what one node's whole map may be. */
const COMPARED_MAX = 131_072;
