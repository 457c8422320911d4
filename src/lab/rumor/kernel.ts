/**
 * One rumor among n nodes in synchronous rounds, on typed arrays: the model that theory speaks of,
 * over the very stop rules that nodes run.
 *
 * In each round a node draws `fanout` contacts uniformly from all n, itself included, with
 * replacement. Push: each node that is hot tells them. Pull: every node asks them, and those that
 * are hot tell it. Push-pull: every node calls them; a hot caller tells, else a hot contact does.
 * All acts on the state at the start of the round. A message is one transmission of the rumor,
 * useful or not, also to oneself; asking costs none.
 */
import { COOLED, type StopRule, type Tally } from '../../blocks/rumors/index.ts';
import { Xoshiro128 } from '../../core/index.ts';

export const RUMOR_MODES = ['push', 'pull', 'push-pull'] as const;
export type RumorMode = (typeof RUMOR_MODES)[number];

export interface KernelOptions {
  readonly mode: RumorMode;
  /** Contacts of a node in each round. */
  readonly fanout: number;
  readonly rule: StopRule;
  readonly nodes: number;
}

/** What became of one rumor. */
export interface RumorRun {
  /** Rounds until all knew (rule `none`), else until no node was hot. */
  readonly rounds: number;
  /** The round in which the last node that ever knew was told; 0: nobody was. */
  readonly lastTold: number;
  /** The share of nodes that were never told. */
  readonly residue: number;
  readonly messages: number;
  /** How many know, at the start and after each round. */
  readonly known: readonly number[];
}

/** What a node is to the rumor. A fresh one has been told in this round and acts from the next. */
const State = { Unknown: 0, Hot: 1, Cooled: 2, Fresh: 3 } as const;

export class RumorKernel {
  readonly #options: KernelOptions;
  readonly #canStop: boolean;
  readonly #states: Uint8Array;
  readonly #weariness: Int16Array;
  /** The first `#hotCount` are hot; those told in this round follow. */
  readonly #told: Int32Array;
  /** Of the nodes that are asked, in this round; none for push, where a node's is known at once. */
  readonly #useful: Int32Array;
  readonly #useless: Int32Array;
  readonly #tally = { sent: 0, useful: 0, useless: 0 };
  #random = new Xoshiro128(0);
  #hotCount = 0;
  #toldCount = 0;
  #known = 0;
  #messages = 0;
  /** Whether a rule has cooled somebody in this round. */
  #cooling = false;

  constructor(options: KernelOptions) {
    const { mode, nodes, rule } = options;
    const asked = mode === 'push' ? 0 : nodes;
    this.#options = options;
    this.#canStop = rule.name !== 'none';
    this.#states = new Uint8Array(nodes);
    this.#weariness = new Int16Array(nodes);
    this.#told = new Int32Array(nodes);
    this.#useful = new Int32Array(asked);
    this.#useless = new Int32Array(asked);
  }

  /** One rumor, from one node, until its end. */
  run(seed: number): RumorRun {
    const { nodes } = this.#options;
    this.#begin(seed);
    const known = [1];
    let lastTold = 0;
    while (this.#canStop ? this.#hotCount > 0 : this.#known < nodes) {
      const before = this.#known;
      this.#round();
      if (this.#known > before) lastTold = known.length;
      known.push(this.#known);
    }
    const residue = 1 - this.#known / nodes;
    return { rounds: known.length - 1, lastTold, residue, messages: this.#messages, known };
  }

  #begin(seed: number): void {
    this.#random = new Xoshiro128(seed, 'rumor');
    this.#states.fill(State.Unknown);
    this.#weariness.fill(0);
    this.#states[0] = State.Hot; // All nodes are alike.
    this.#told[0] = 0;
    this.#hotCount = 1;
    this.#toldCount = 1;
    this.#known = 1;
    this.#messages = 0;
  }

  #round(): void {
    if (this.#options.mode === 'push') this.#push();
    else this.#pull(this.#options.mode === 'push-pull');
    this.#settle();
  }

  #push(): void {
    const { fanout, nodes } = this.#options;
    const random = this.#random;
    for (let i = 0; i < this.#hotCount; i++) {
      const node = this.#told[i]!;
      let useful = 0;
      for (let j = 0; j < fanout; j++) if (this.#tell(random.below(nodes))) useful++;
      this.#messages += fanout;
      if (this.#canStop) this.#judge(node, useful, fanout - useful);
    }
  }

  /** Every node calls: it asks, and with `pushes` a hot one tells instead. */
  #pull(pushes: boolean): void {
    const { fanout, nodes } = this.#options;
    const random = this.#random;
    const states = this.#states;
    for (let caller = 0; caller < nodes; caller++) {
      const tells = pushes && states[caller] === State.Hot;
      for (let j = 0; j < fanout; j++) {
        const contact = random.below(nodes);
        if (tells) this.#count(caller, this.#tell(contact));
        else if (states[contact] === State.Hot) this.#count(contact, this.#tell(caller));
      }
    }
    for (let i = 0; this.#canStop && i < this.#hotCount; i++) {
      const node = this.#told[i]!;
      this.#judge(node, this.#useful[node]!, this.#useless[node]!);
      this.#useful[node] = 0;
      this.#useless[node] = 0;
    }
  }

  #count(teller: number, useful: boolean): void {
    this.#messages++;
    if (!this.#canStop) return;
    if (useful) this.#useful[teller]!++;
    else this.#useless[teller]!++;
  }

  /** Whether a node did not know when the round began; now it does. */
  #tell(node: number): boolean {
    const state = this.#states[node];
    if (state === State.Fresh) return true;
    if (state !== State.Unknown) return false;
    this.#states[node] = State.Fresh;
    this.#told[this.#toldCount++] = node;
    this.#known++;
    return true;
  }

  /** Asks the rule about a node that told; the state changes when the round is over. */
  #judge(node: number, useful: number, useless: number): void {
    const { rule } = this.#options;
    const sent = useful + useless;
    if (sent === 0) return;
    const tally: { -readonly [K in keyof Tally]: number } = this.#tally;
    tally.sent = sent;
    tally.useful = useful;
    tally.useless = useless;
    const weariness = rule.afterRound(this.#weariness[node]!, tally, this.#random);
    this.#weariness[node] = weariness;
    if (weariness === COOLED) this.#cooling = true;
  }

  /** Whoever is weary cools; whoever was told is hot. */
  #settle(): void {
    const told = this.#told;
    const states = this.#states;
    for (let i = this.#hotCount; i < this.#toldCount; i++) states[told[i]!] = State.Hot;
    this.#hotCount = this.#toldCount;
    if (!this.#cooling) return;
    this.#cooling = false;
    let count = 0;
    for (let i = 0; i < this.#toldCount; i++) {
      const node = told[i]!;
      if (this.#weariness[node] === COOLED) states[node] = State.Cooled;
      else told[count++] = node;
    }
    this.#hotCount = count;
    this.#toldCount = count;
  }
}
