import {
  isContent,
  mark,
  Xoshiro128,
  type Address,
  type LogRecord,
  type Protocol,
} from '../core/index.ts';
import { nodeId } from '../wire/node-id.ts';
import type { CheckedBook } from './checked-book.ts';
import type { Handlers } from './handlers.ts';
import { State, type SimNode } from './sim-node.ts';
import type { Streams } from './streams.ts';
import type { World } from './world.ts';

/** Makes a protocol object: the design's `create`, given its shared part. */
export type Create<P> = (config: unknown, saved: Iterable<LogRecord> | undefined) => P;

/** Begins and ends lives of nodes. */
export class Lives<P extends Protocol<M, E>, M, E> {
  readonly #world: World<P, E>;
  readonly #handlers: Handlers<P, M, E>;
  readonly #streams: Streams<P, M, E>;
  readonly #create: Create<P>;
  readonly #routes: CheckedBook | undefined;
  readonly #bury: ((protocol: P) => void) | undefined;

  constructor(
    world: World<P, E>,
    handlers: Handlers<P, M, E>,
    streams: Streams<P, M, E>,
    create: Create<P>,
    routes: CheckedBook | undefined,
    bury: ((protocol: P) => void) | undefined,
  ) {
    this.#world = world;
    this.#handlers = handlers;
    this.#streams = streams;
    this.#create = create;
    this.#routes = routes;
    this.#bury = bury;
  }

  /** A new protocol object and nodeId, with what the node has saved; `begin` starts it. */
  bear(node: SimNode<P, E>): void {
    this.#streams.leave(node, 'reset'); // What an earlier life left to be flushed.
    node.life++;
    node.stopReason = undefined;
    node.random = new Xoshiro128(this.#world.seed, `life ${node.life} of ${node.name}`);
    node.nodeId = nodeId(node.random.u32(), node.random.u32());
    this.#world.settle(node);
    node.protocol = this.#create(node.config, node.log && [...node.log.records]);
    this.#routes?.bear(node.index);
    node.state = State.Born;
    node.changedAt = this.#world.now;
  }

  /** Replaces what a node has saved by its protocol's snapshot, if it makes one. */
  compact({ log, protocol }: SimNode<P, E>): void {
    if (log === undefined || protocol?.snapshot === undefined) return;
    mark('log-compacted');
    log.records.splice(0, log.records.length, ...protocol.snapshot());
    log.durable = true;
  }

  /**
   * A crash may cut the last record of the node's log anywhere, unless it was durable; or may find
   * the log just replaced by the protocol's snapshot.
   */
  tear(node: SimNode<P, E>): void {
    const { log } = node;
    const last = log?.records.at(-1);
    if (log === undefined || last === undefined) return;
    const chance = new Xoshiro128(this.#world.seed, `torn log ${node.life} of ${node.name}`);
    const hasSnapshot = node.protocol?.snapshot !== undefined;
    if (hasSnapshot && chance.below(COMPACTED_ONE_IN) === 0) this.compact(node);
    if (log.durable) return;
    log.records.pop();
    // A large value has a name in the log, or has none yet.
    if (!isContent(last)) log.records.push(last.subarray(0, chance.below(last.length + 1)));
    else if (chance.below(2) === 0) log.records.push(last);
    log.durable = true;
  }

  /** Runs `start`, if this life has not begun yet. */
  begin(node: SimNode<P, E>): void {
    if (node.state !== State.Born) return;
    node.state = State.Up;
    this.#handlers.start(node);
  }

  /** The same life is reached at another address from now on. */
  move(node: SimNode<P, E>, address: Address): void {
    if (address === node.address) return;
    this.#world.expectFree(address, node);
    if (!node.isAlive) {
      node.address = address;
      return;
    }
    this.#streams.strand(node);
    this.#routes?.keepOwn(node.index, node.self);
    node.address = address;
    this.#world.settle(node);
  }

  /** Its protocol has stopped: what it sent still leaves. */
  stop(node: SimNode<P, E>): void {
    const held = node.outbox ?? [];
    node.outbox = undefined;
    for (const run of held) run();
    this.#end(node, State.Down, 'flush');
  }

  /** Its process is killed: the machine resets what was open. */
  kill(node: SimNode<P, E>): void {
    this.#end(node, State.Down, 'reset');
  }

  /** Its machine loses power. */
  powerOff(node: SimNode<P, E>): void {
    this.#end(node, State.Off, 'silence');
  }

  #end(node: SimNode<P, E>, state: number, how: 'flush' | 'reset' | 'silence'): void {
    if (node.isAlive) node.changedAt = this.#world.now;
    node.state = state;
    node.inbox = undefined;
    node.outbox = undefined;
    node.overdue = undefined;
    node.introduction = undefined;
    if (node.protocol !== undefined) this.#bury?.(node.protocol);
    node.session = undefined;
    this.#streams.leave(node, how);
  }
}

/** Often enough for a search to meet both kinds of log. */
const COMPACTED_ONE_IN = 4;
