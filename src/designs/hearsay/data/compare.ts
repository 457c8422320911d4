/**
 * Anti-entropy: now and then a node compares what it holds with what a random member holds: so what
 * gossip has lost arrives all the same. When, is in the block's `Pace`; how, in asking.ts and
 * answering.ts.
 */
import { compareEntries, Pace, type Entry } from '../../../blocks/data/index.ts';
import type { Holding, Peer } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import type { DataCompare, DataMessage, DataPage } from '../data-messages.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import { Answering, ANSWERED_MAX } from './answering.ts';
import { Asking, ASKED_MAX, type Outcome } from './asking.ts';
import type { Ledger } from './ledger.ts';
import type { Cell } from './store.ts';

export class Compare {
  readonly #view: View;
  readonly #ledger: Ledger;
  readonly #asking: Asking;
  readonly #answering: Answering;
  readonly #pace: Pace;
  /** Keys that somebody has told of, while he tells all that he holds. */
  readonly #readings = new Map<Peer, Set<Cell>>();
  /** The wait that counts; earlier ones are over. 0: it does not wait. */
  #wait = 0;
  #waits = 0;
  #abandoned = 0;

  constructor(view: View, contact: Contact, ledger: Ledger) {
    this.#view = view;
    this.#ledger = ledger;
    this.#asking = new Asking(view, contact, ledger);
    this.#answering = new Answering(view, contact, ledger);
    const { adaptivePace, compareIntervalMs } = view.config;
    this.#pace = new Pace(compareIntervalMs, adaptivePace);
  }

  /** Comparisons begun so far. */
  get begun(): number {
    return this.#asking.begun;
  }

  holdings(): Holding[] {
    let told = 0;
    for (const cells of this.#readings.values()) told += cells.size;
    return [
      { what: 'comparisons asked for', count: this.#asking.open, countMax: ASKED_MAX },
      { what: 'comparisons answered', count: this.#answering.open, countMax: ANSWERED_MAX },
      { what: 'keys being compared', count: told, countMax: TOLD_MAX },
    ];
  }

  turnedAway(): Readonly<Record<string, number>> {
    return {
      comparisons: this.#answering.unanswered,
      'data-symbols': this.#asking.invalid,
      'data-readings': this.#abandoned,
    };
  }

  /** There is something to compare from now on. */
  start(env: HearsayEnv): void {
    if (this.#wait === 0) this.#schedule(env);
  }

  /** Something differs, or may. */
  hurry(env: HearsayEnv): void {
    if (this.#pace.hurry()) this.#schedule(env);
  }

  /** Something was heard by gossip, or written: some may have missed it. */
  stir(env: HearsayEnv): void {
    if (this.#pace.stir()) this.#schedule(env);
  }

  tick(env: HearsayEnv, wait: number): void {
    if (wait !== this.#wait) return;
    this.#wait = 0;
    this.beginWithAnyone(env);
    this.#schedule(env);
  }

  /** Returns whether there is anyone. */
  beginWithAnyone(env: HearsayEnv): boolean {
    const { roster, selfSlot } = this.#view;
    const fact = roster.fact(roster.pick(env.random, selfSlot));
    if (fact === undefined) return false;
    this.begin(env, fact.peer, false);
    return true;
  }

  begin(env: HearsayEnv, to: Peer, byStream: boolean): void {
    this.#ledger.sweep(env); // Else what is too old for one side alone would differ.
    this.#asking.begin(env, to, byStream);
  }

  /** Takes in what belongs to a comparison. Returns what one of this node's own came to. */
  receive(env: HearsayEnv, from: Peer, message: DataMessage): Outcome | undefined {
    switch (message.type) {
      case 'data-compare':
        this.#compare(env, from, message);
        return undefined;
      case 'data-agree':
        return this.#finish(env, this.#asking.agreed(from, message));
      case 'data-symbols':
        return this.#finish(env, this.#asking.symbols(env, from, message));
      case 'data-ask':
        this.#answering.asked(env, from, message);
        return undefined;
      case 'data-page':
        return this.#page(env, from, message);
      case 'data-gossip':
      case 'data-ahead':
      case 'data-word':
        return undefined;
    }
  }

  /** Others are as if never met. */
  clear(): void {
    this.#asking.clear();
    this.#answering.clear();
    this.#readings.clear();
  }

  #compare(env: HearsayEnv, from: Peer, message: DataCompare): void {
    this.#ledger.sweep(env);
    // Who is in doubt asks, so that it is he who drops what others have deleted.
    const isDoubtful = this.#ledger.memory.state === 'doubtful';
    if (!isDoubtful || message.memory === 'doubtful') this.#answering.compare(env, from, message);
    else if (this.#answering.mayAnswer(env.now)) this.begin(env, from, false);
  }

  #page(env: HearsayEnv, from: Peer, page: DataPage): Outcome | undefined {
    const told = this.#readings.get(from);
    const isFew = page.last && page.entries.length <= SPREAD_MAX;
    const brought = this.#ledger.hearAll(env, page.entries, from, isFew, page.memory);
    const outcome = this.#finish(env, this.#asking.page(from, page, brought));
    if (outcome !== undefined) return outcome;
    if (brought > 0) this.hurry(env);
    this.#read(env, from, page, told);
    return undefined;
  }

  /** Somebody tells all that he holds: what he lacks, he is told at the end. */
  #read(env: HearsayEnv, from: Peer, page: DataPage, before: Set<Cell> | undefined): void {
    if (!page.want) return;
    const told = before ?? new Set<Cell>();
    for (const entry of page.entries) {
      const cell = this.#ledger.store.cellOf(entry);
      if (cell !== undefined && isSaidBy(cell, entry)) told.add(cell);
    }
    if (!page.last) {
      this.#readings.set(from, told);
      this.#shed();
      return;
    }
    this.#readings.delete(from);
    if (!this.#answering.mayAnswer(env.now)) return;
    const lacking = [...this.#ledger.store.cells()].filter((cell) => !told.has(cell));
    this.#answering.deliver(env, from, lacking);
  }

  #finish(env: HearsayEnv, outcome: Outcome | undefined): Outcome | undefined {
    if (outcome === undefined) return undefined;
    if (outcome.memory === 'whole') this.#ledger.memory.learnt();
    this.#ledger.memory.save(env);
    if (outcome.brought > 0) this.hurry(env);
    else this.#pace.calm();
    return outcome;
  }

  #schedule(env: HearsayEnv): void {
    this.#wait = 0;
    const { roster, selfSlot } = this.#view;
    if (selfSlot < 0 || this.#ledger.store.size === 0) return;
    this.#wait = ++this.#waits;
    env.after(this.#pace.next(roster.live, env.random), Timer.DataCompare, this.#wait);
  }

  /** Gives up the oldest readings while they hold too much. */
  #shed(): void {
    let held = 0;
    for (const told of this.#readings.values()) held += told.size;
    for (const [peer, told] of this.#readings) {
      if (held <= TOLD_MAX) return;
      held -= told.size;
      this.#abandoned++;
      this.#readings.delete(peer);
    }
  }
}

/** Whether what is held is what was told. */
function isSaidBy(cell: Cell, entry: Entry): boolean {
  return compareEntries(cell.entry, entry) === 0;
}

/** Twice what one node's whole map may be. */
const TOLD_MAX = 131_072;
/** What a comparison brings is mostly news to others too; but so much that comparing is cheaper. */
const SPREAD_MAX = 256;
