import { UsageError, type Address, type Protocol } from '../core/index.ts';
import type { CutMode, LatencyModel } from '../blocks/network/index.ts';
import type { Handlers } from './handlers.ts';
import type { Lives } from './lives.ts';
import { State, type SimNode, type TcpFault } from './sim-node.ts';
import type { Streams } from './streams.ts';
import type { World } from './world.ts';

/** What goes wrong, or right again, as data. Nodes are named. */
export type Fault =
  /** The process is gone at once; its machine resets and refuses. */
  | { readonly type: 'crash'; readonly node: string }
  /** The machine is gone at once: silence. */
  | { readonly type: 'power-off'; readonly node: string }
  | Restart
  /** The process stands still: no handler runs, and what arrives waits in its kernel. */
  | { readonly type: 'pause'; readonly node: string }
  /** It takes what has arrived, then runs the timers that are overdue. */
  | { readonly type: 'resume'; readonly node: string }
  /** Its timers run, but what it sends and what arrives waits. */
  | { readonly type: 'starve'; readonly node: string }
  /** What has waited is released, in order. */
  | { readonly type: 'feed'; readonly node: string }
  | Partition
  /** Ends one partition, or all. */
  | { readonly type: 'heal'; readonly name?: string }
  /** Its TCP port swallows, refuses, or accepts and closes at once; or is sound again. */
  | { readonly type: 'tcp-port'; readonly node: string; readonly is: TcpFault | 'sound' }
  /** Everywhere or, on top of that, of whatever enters or leaves one node. */
  | { readonly type: 'loss'; readonly loss: number; readonly node?: string }
  /** Whatever enters or leaves it takes so much longer; 0 ends it. */
  | { readonly type: 'slow'; readonly node: string; readonly byMs: number }
  /** Its wall clock is set forwards or, below 0, backwards; timers do not notice. */
  | { readonly type: 'wall-jump'; readonly node: string; readonly byMs: number }
  /** Another distribution of latency from now on. */
  | { readonly type: 'latency'; readonly latency: LatencyModel };

/** A new life, also of a node that is up. */
export interface Restart {
  readonly type: 'restart';
  readonly node: string;
  /** Kept: it finds what it saved, the last record cut anywhere unless durable. Default kept. */
  readonly saved?: 'kept' | 'wiped';
  /** It comes up somewhere else. */
  readonly address?: Address;
}

/** The groups cannot reach each other, nor the nodes of none of them. */
export interface Partition {
  readonly type: 'partition';
  readonly groups: readonly (readonly string[])[];
  /** Default 'drop'. */
  readonly mode?: CutMode;
  /** Partitions of different names hold side by side. */
  readonly name?: string;
}

const UNNAMED = '';

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
      case 'heal':
        this.#world.cutAt = this.#world.now;
        return network.cuts.heal(fault.name);
      case 'tcp-port':
        return this.#tcpPort(this.#touched(fault.node), fault.is);
      case 'loss': {
        const place = fault.node === undefined ? undefined : this.#touched(fault.node);
        if (place !== undefined) place.isLossy = fault.loss > 0;
        return network.setLoss(fault.loss, place?.index);
      }
      case 'slow':
        return this.#slow(this.#touched(fault.node), fault.byMs);
      case 'wall-jump':
        this.#touched(fault.node).wallSkewMs += fault.byMs;
        return;
      case 'latency':
        return network.setLatency(fault.latency);
      default:
        throw new UsageError('BAD_OPTION', `no such fault: ${JSON.stringify(fault)}`);
    }
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
    const places = groups.map((names) => names.map((node) => this.#named(node).index));
    this.#world.network.cuts.cut(name, places, mode);
    this.#world.cutAt = this.#world.now;
  }

  #slow(node: SimNode<P, E>, byMs: number): void {
    this.#world.network.setDelay(byMs, node.index);
    node.isSlow = byMs > 0;
  }

  #tcpPort(node: SimNode<P, E>, is: TcpFault | 'sound'): void {
    node.tcp = is === 'sound' ? undefined : is;
    if (is === 'accepts-and-closes') this.#streams.closeAccepted(node);
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
