import { UsageError, type Protocol } from '../core/index.ts';
import { DriftingClock } from './drifting-clock.ts';
import { isWorse, type NetworkFault } from './network-fault.ts';
import type { Fault, OneWayCut, PairCut, Partition, Restart } from './fault.ts';
import type { Handlers } from './handlers.ts';
import type { Lives } from './lives.ts';
import { State, type SimNode, type TcpFault } from './sim-node.ts';
import type { Streams } from './streams.ts';
import type { World } from './world.ts';

const UNNAMED = '';

/** A clock this wrong is no excuse: quartz is off by less than 0.01 %. */
const DRIFT_BORNE = 0.01;

/** Lets faults happen. What does not apply, like feeding who is not starved, does nothing. */
export class Faults<P extends Protocol<M, E>, M, E> {
  readonly #world: World<P, E>;
  readonly #handlers: Handlers<P, M, E>;
  readonly #lives: Lives<P, M, E>;
  readonly #streams: Streams<P, M, E>;

  constructor(
    world: World<P, E>,
    handlers: Handlers<P, M, E>,
    lives: Lives<P, M, E>,
    streams: Streams<P, M, E>,
  ) {
    this.#world = world;
    this.#handlers = handlers;
    this.#lives = lives;
    this.#streams = streams;
  }

  apply(fault: Fault): void {
    const { network } = this.#world;
    switch (fault.type) {
      case 'crash':
        return this.#crash(this.#touched(fault.node));
      case 'power-off':
        return this.#lives.powerOff(this.#touched(fault.node));
      case 'restart':
        return this.#restart(this.#touched(fault.node), fault);
      case 'pause':
        return this.#pause(this.#touched(fault.node));
      case 'resume':
        return this.#resume(this.#touched(fault.node));
      case 'starve':
        return this.#starve(this.#touched(fault.node));
      case 'feed':
        return this.#feed(this.#touched(fault.node));
      case 'partition':
        return this.#partition(fault);
      case 'one-way-cut':
        return this.#oneWayCut(fault);
      case 'pair-cut':
        return this.#pairCut(fault);
      case 'heal':
        this.#world.weatherAt = this.#world.now;
        return network.cuts.heal(fault.name);
      case 'tcp-port':
        return this.#tcpPort(this.#touched(fault.node), fault.is);
      case 'listener-restart':
        return this.#restartListener(this.#touched(fault.node), fault.forMs);
      case 'descriptors':
        return ail(this.#touched(fault.node), fault.type, fault.are === 'short');
      case 'book':
        return ail(this.#touched(fault.node), fault.type, fault.is === 'full');
      case 'wall-jump':
        this.#touched(fault.node).wallSkewMs += fault.byMs;
        return;
      case 'drift':
        return this.#drift(this.#touched(fault.node), fault.rate);
      case 'move':
        return this.#lives.move(this.#touched(fault.node), fault.address);
      case 'loss':
      case 'duplication':
      case 'reordering':
      case 'bandwidth':
      case 'slow':
      case 'latency':
        return this.#impair(fault);
      default:
        throw new UsageError('BAD_OPTION', `no such fault: ${JSON.stringify(fault)}`);
    }
  }

  /** What is wrong with the network, everywhere or around one node. */
  #impair(fault: NetworkFault): void {
    const { network, model } = this.#world;
    const place = this.#placeOf(fault, isWorse(fault, model));
    switch (fault.type) {
      case 'loss':
        return network.setLoss(fault.loss, place);
      case 'duplication':
        return network.disorder.setDuplication(fault.fraction, place);
      case 'reordering':
        return network.disorder.setReordering(fault.fraction, fault.byMs, place);
      case 'bandwidth':
        return network.links.set(fault.bitsPerSecond > 0 ? fault : undefined, place);
      case 'slow':
        return network.setDelay(fault.byMs, place!);
      case 'latency':
        return network.setLatency(fault.latency);
    }
  }

  /** Where a fault is, if it is not everywhere; and it troubles that place until it is undone. */
  #placeOf(fault: NetworkFault, troubles: boolean): number | undefined {
    const world = this.#world;
    if (!('node' in fault) || fault.node === undefined) {
      world.weatherAt = world.now;
      if (troubles) world.storms.add(fault.type);
      else world.storms.delete(fault.type);
      return undefined;
    }
    const node = this.#touched(fault.node);
    ail(node, fault.type, troubles);
    return node.index;
  }

  #crash(node: SimNode<P, E>): void {
    if (node.isAlive) this.#lives.kill(node);
  }

  #restart(node: SimNode<P, E>, { saved = 'kept', address }: Restart): void {
    this.#crash(node);
    if (address !== undefined) node.address = address;
    if (saved === 'kept') this.#lives.tear(node);
    else node.log = undefined;
    this.#lives.bear(node);
    this.#lives.begin(node);
  }

  #pause(node: SimNode<P, E>): void {
    if (node.state !== State.Up) return;
    node.state = State.Paused;
    node.inbox ??= [];
    node.overdue = [];
  }

  #resume(node: SimNode<P, E>): void {
    if (node.state !== State.Paused) return;
    node.state = State.Up;
    if (node.outbox === undefined) this.#takeInbox(node);
    const overdue = node.overdue ?? [];
    node.overdue = undefined;
    this.#whileAlive(node, overdue, (run) => this.#handlers.expire(node, run));
  }

  #starve(node: SimNode<P, E>): void {
    if (!node.listens) return;
    node.inbox ??= [];
    node.outbox ??= [];
  }

  #feed(node: SimNode<P, E>): void {
    const { outbox } = node;
    if (outbox === undefined) return;
    node.outbox = undefined;
    for (const run of outbox) run();
    if (node.state !== State.Paused) this.#takeInbox(node);
  }

  #takeInbox(node: SimNode<P, E>): void {
    const inbox = node.inbox ?? [];
    node.inbox = undefined;
    this.#whileAlive(node, inbox, (run) => this.#handlers.arrive(node, run));
  }

  /** One of them may stop the node, and a listener may do anything. */
  #whileAlive(
    node: SimNode<P, E>,
    waiting: readonly (() => void)[],
    take: (run: () => void) => void,
  ): void {
    const { life } = node;
    for (const run of waiting) if (node.life === life && node.isAlive) take(run);
  }

  #partition({ groups, mode = 'drop', name = UNNAMED }: Partition): void {
    const places = groups.map((names) => this.#places(names));
    this.#world.network.cuts.cut(name, places, mode);
    this.#world.weatherAt = this.#world.now;
  }

  #oneWayCut({ from, to, mode = 'drop', name = UNNAMED }: OneWayCut): void {
    this.#world.network.cuts.cutOneWay(name, this.#places(from), this.#places(to), mode);
    this.#world.weatherAt = this.#world.now;
  }

  #pairCut({ pairs, mode = 'drop', name = UNNAMED }: PairCut): void {
    const places = pairs.map(
      ([one, other]) => [this.#named(one).index, this.#named(other).index] as const,
    );
    this.#world.network.cuts.cutPairs(name, places, mode);
    this.#world.weatherAt = this.#world.now;
  }

  #tcpPort(node: SimNode<P, E>, is: TcpFault | 'sound'): void {
    node.tcp = is === 'sound' ? undefined : is;
    node.tcpChanges++;
    if (is === 'accepts-and-closes') this.#streams.closeAccepted(node);
  }

  #restartListener(node: SimNode<P, E>, forMs: number): void {
    this.#streams.closeAccepted(node);
    node.tcp = 'rejects';
    const changes = ++node.tcpChanges;
    this.#world.task(forMs, () => {
      if (node.tcpChanges !== changes) return; // Another fault has come between.
      node.tcp = undefined;
      node.touchedAt = this.#world.now;
    });
  }

  #drift(node: SimNode<P, E>, rate: number): void {
    if (!(rate > 0 && rate < Infinity)) {
      throw new UsageError('BAD_OPTION', `drift: give a rate above 0, not ${rate}`);
    }
    const { now } = this.#world;
    node.clock ??= new DriftingClock(now);
    node.clock.setRate(rate, now);
    ail(node, 'drift', Math.abs(rate - 1) > DRIFT_BORNE);
  }

  #places(names: readonly string[]): number[] {
    return names.map((name) => this.#named(name).index);
  }

  /** The node of that name, which is being tampered with. */
  #touched(name: string): SimNode<P, E> {
    const node = this.#named(name);
    node.touchedAt = this.#world.now;
    return node;
  }

  #named(name: string): SimNode<P, E> {
    const node = this.#world.nodeNamed(name);
    if (node === undefined) throw new UsageError('BAD_OPTION', `there is no node "${name}"`);
    return node;
  }
}

/** Notes that a fault troubles a node, or no longer does. */
function ail<P, E>(node: SimNode<P, E>, type: Fault['type'], troubles: boolean): void {
  if (troubles) node.ails = (node.ails ?? new Set()).add(type);
  else node.ails?.delete(type);
}
