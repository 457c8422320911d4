/**
 * Planted bugs: one line of the product, changed for the worse. Each must be found by the search,
 * and what it found is kept in `found/`: a scenario that breaks a promise with the bug alone.
 *
 * The text stands once in the source and once in what is compiled from it, spaces and line breaks
 * aside; `plant.ts` puts the other in its place, in a copy.
 */
export interface Plant {
  readonly id: string;
  /** What is wrong then. */
  readonly what: string;
  /** Below `src/`. */
  readonly file: string;
  readonly text: string;
  readonly instead: string;
}

export const PLANTS: readonly Plant[] = [
  {
    id: 'counter-greater',
    what: '> for ≥ on counters: an accusation at the present counter is not answered',
    file: 'designs/hearsay/rebuttal.ts',
    text: 'if (fact.counter < self.fact.counter) return accuses;',
    instead: 'if (fact.counter <= self.fact.counter) return accuses;',
  },
  {
    id: 'certificates-short',
    what: 'death certificates are kept for a tenth of their time',
    file: 'designs/hearsay/certificates.ts',
    text: 'now - sinceMs > this.#config.certificateMs',
    instead: 'now - sinceMs > this.#config.certificateMs / 10',
  },
  {
    id: 'refutation-same-counter',
    what: 'a refutation at the counter of the accusation',
    file: 'designs/hearsay/self.ts',
    text: 'this.#outrank(Math.max(this.fact.counter, counter), { streams });',
    instead: 'this.#outrank(Math.max(this.fact.counter, counter) - 1, { streams });',
  },
  {
    id: 'node-id-unchecked',
    what: 'a packet is delivered to whoever lives at its address, whatever nodeId it names',
    file: 'sim/packets.ts',
    text: 'const owner = this.#world.ownerOf(to); if (owner !== NO_NODE) { const node =',
    instead: `const owner = this.#world.nodeAt(this.#world.book.addressOf(to))?.index ?? NO_NODE;
      if (owner !== NO_NODE) { to = this.#world.nodes[owner].self; const node =`,
  },
  {
    id: 'exchange-overwrites',
    what: 'what an exchange tells overwrites a newer life',
    file: 'designs/hearsay/view.ts',
    text: 'if (order > 0) this.#believe(',
    instead: 'if (order > 0 || (hearing.doubtful && order < 0)) this.#believe(',
  },
  {
    id: 'slot-reused',
    what: 'a freed slot is reused at once, within a pass',
    file: 'blocks/membership/registry.ts',
    text: 'this.#resting.length - this.#restingFrom <= RESTING_SLOTS',
    instead: 'this.#resting.length - this.#restingFrom <= 0',
  },
  {
    id: 'timers-first',
    what: 'after a pause overdue timers run before the messages that have arrived',
    file: 'sim/faults.ts',
    text: `if (node.outbox === undefined) this.#takeInbox(node);
      const overdue = node.overdue ?? [];
      node.overdue = undefined;
      this.#whileAlive(node, overdue, (run) => this.#handlers.expire(node, run));`,
    instead: `const overdue = node.overdue ?? [];
      node.overdue = undefined;
      this.#whileAlive(node, overdue, (run) => this.#handlers.expire(node, run));
      if (node.outbox === undefined) this.#takeInbox(node);`,
  },
  {
    id: 'start-not-raised',
    what: 'after a wipe the start is not raised above that of the past life',
    file: 'designs/hearsay/self.ts',
    text: 'this.raiseAbove(start); this.#become({ born: this.fact.start });',
    instead: 'this.#become({ born: this.fact.start });',
  },
  {
    id: 'checksum-without-counter',
    what: 'the checksum of a view leaves counters out',
    file: 'blocks/membership/fact.ts',
    text: ' ^ Math.imul(counter, 0x9e3779b1)',
    instead: '',
  },
  {
    id: 'confirmations-uncapped',
    what: 'the accusers of a suspicion are united without a limit',
    file: 'blocks/membership/accusation.ts',
    text: 'united.length = Math.min(united.length, accusersMax);',
    instead: '',
  },
  {
    id: 'leave-lost',
    what: 'in the merge, having left does not outrank being alive',
    file: 'blocks/membership/precedence.ts',
    text: 'left: 1,',
    instead: 'left: 0,',
  },
  {
    id: 'refusals-of-closed-ports',
    what: 'refusals count against a member that says that streams do not reach it',
    file: 'designs/hearsay/prober.ts',
    text: "if (streams !== 'yes') return 'silence';",
    instead: '',
  },
  {
    id: 'deletion-lost',
    what: 'a deletion does not outrank a value that is held',
    file: 'designs/hearsay/data/ledger.ts',
    text: "if (order <= 0) return 'old';",
    instead: "if (order <= 0 || (known !== undefined && entry.value === undefined)) return 'old';",
  },
  {
    id: 'deletions-untold',
    what: 'comparisons of data leave deletions out',
    file: 'designs/hearsay/data/delivery.ts',
    text: 'const small = [...of.cells].sort(',
    instead: 'const small = [...of.cells].filter((cell) => cell.entry.value !== undefined).sort(',
  },
  {
    id: 'tombstones-short',
    what: 'deletions are remembered for a tenth of their time',
    file: 'designs/hearsay/data/ledger.ts',
    text: 'this.store.deletedBefore(env.now - certificateMs)',
    instead: 'this.store.deletedBefore(env.now - certificateMs / 10)',
  },
  {
    id: 'past-state-kept',
    what: 'the state of a life that is over is kept',
    file: 'designs/hearsay/data/data.ts',
    text: "if (life !== undefined) this.#ledger.forgetLife(env, life, before?.name ?? '');",
    instead: '',
  },
  {
    id: 'clock-deaf',
    what: 'writes to the map are stamped by the wall clock, whatever was heard',
    file: 'designs/hearsay/data/ledger.ts',
    text: "if (entry.type === 'map') this.#clock.hear(entry.stamp); this.#accept(",
    instead: 'this.#accept(',
  },
  {
    id: 'gap-untold',
    what: 'events that nobody has are passed over, and the application is not told',
    file: 'designs/hearsay/topics/origins.ts',
    text: "env.emit({ type: 'events-missed', origin, from, to, replayed });",
    instead: '',
  },
  {
    id: 'gap-jumped',
    what: 'events are delivered as they come, though earlier ones are missing',
    file: 'blocks/overlay/replay-log.ts',
    text: 'const event = this.get(this.#next);',
    instead: `while (this.#next < this.highest && this.get(this.#next) === undefined) this.#next++;
      const event = this.get(this.#next);`,
  },
  {
    id: 'origins-forgotten',
    what: 'what a living member has published is forgotten, comes again and is told again',
    file: 'designs/hearsay/topics/origins.ts',
    text: 'if (idleMs < KEPT_MS || isKnown(state)) continue;',
    instead: 'if (idleMs < KEPT_MS / 20) continue;',
  },
  {
    id: 'replay-from-last',
    what: 'a newcomer is given the last event of each origin alone',
    file: 'designs/hearsay/topics/origins.ts',
    text: 'this.log.beginAt(first);',
    instead: 'this.log.beginAt(last);',
  },
  {
    id: 'origin-unasked',
    what: 'what others claim is believed, though the origin lives and could be asked',
    file: 'designs/hearsay/topics/doubts.ts',
    text: 'if (peer === undefined) return false;',
    instead: 'return false;',
  },
  {
    id: 'misled-for-good',
    what: 'who was misled about an origin does not go back when that gives its word',
    file: 'designs/hearsay/topics/origins.ts',
    text: 'if (next <= last + 1) {',
    instead: 'if (next > 0) {',
  },
  {
    id: 'newest-skipped',
    what: 'of the events of a key the newest is skipped too',
    file: 'designs/hearsay/topics/origins.ts',
    text: 'this.log.supersede(before);',
    instead: 'this.log.supersede(seq);',
  },
  {
    id: 'answer-twice',
    what: 'an answer that comes again is told again',
    file: 'designs/hearsay/queries/asked.ts',
    text: "if (before === 'settled' || (before === 'acknowledged' && !isFinal)) return 'known';",
    instead: "if (before === 'acknowledged' && !isFinal) return 'known';",
  },
  {
    id: 'query-twice',
    what: 'a query that has been answered is taken for a new one when it comes again',
    file: 'designs/hearsay/queries/inbox.ts',
    text: "if (this.#held.has(id)) return 'again';",
    instead: "if (this.#held.get(id)?.isSettled === false) return 'again';",
  },
  {
    id: 'query-endless',
    what: 'a query does not end at its deadline',
    file: 'designs/hearsay/queries/own-queries.ts',
    text: "if (own !== undefined) this.#end(env, own, 'deadline');",
    instead: 'if (own !== undefined) this.#endIfDone(env, own);',
  },
  {
    id: 'complete-early',
    what: 'who has answered and dies counts twice: a query is complete while others are silent',
    file: 'designs/hearsay/queries/asked.ts',
    text: "if (state !== undefined && state !== 'settled') this.#lost.add(name);",
    instead: 'if (state !== undefined) this.#lost.add(name);',
  },
  {
    id: 'version-ignored',
    what: 'of two writes to a state the value decides, not which was the later',
    file: 'blocks/data/entry.ts',
    text: "return b.type === 'state' ? a.version - b.version : 0;",
    instead: 'return 0;',
  },
  {
    id: 'value-asked-of-one',
    what: 'a large value is asked of its author and of whoever told of it, and of nobody else',
    file: 'designs/hearsay/data/values.ts',
    text: 'this.#ask(env, peer, fetch); this.#look(env, fetch);',
    instead: 'this.#ask(env, peer, fetch);',
  },
  {
    id: 'chunk-unchecked',
    what: 'a chunk is taken as it comes, whatever the list says of it',
    file: 'blocks/data/content-fetch.ts',
    text: 'if (this.#list !== undefined) return isListed(bytes, this.#list, index, this.#crypto);',
    instead: 'if (this.#list !== undefined) return true;',
  },
  {
    id: 'value-named-once',
    what: 'a large value goes when one of the entries that name it goes',
    file: 'blocks/data/content-store.ts',
    text: 'if (held !== undefined) held.names++;',
    instead: 'if (held !== undefined) held.names = 1;',
  },
  {
    id: 'values-kept',
    what: 'a large value that nothing names any more is kept',
    file: 'blocks/data/content-store.ts',
    text: 'else this.#spare.set(key, now);',
    instead: '',
  },
  {
    id: 'tombstones-halved',
    what: 'deletions are remembered for half of their time',
    file: 'designs/hearsay/data/ledger.ts',
    text: 'this.store.deletedBefore(env.now - certificateMs)',
    instead: 'this.store.deletedBefore(env.now - certificateMs / 2)',
  },
  {
    id: 'doubts-forgotten',
    what: 'who was away for longer than deletions are remembered keeps what others have deleted',
    file: 'designs/hearsay/data/asking.ts',
    text: "if (theirs === 'whole' && memory.isDoubtful(cell)) this.#ledger.dismiss(env, cell);",
    instead: 'if (cell.id < 0) this.#ledger.dismiss(env, cell);',
  },
];
