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
    file: 'designs/hearsay/view.ts',
    text: 'env.now - sinceMs <= this.config.certificateMs',
    instead: 'env.now - sinceMs <= this.config.certificateMs / 10',
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
];
