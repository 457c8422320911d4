import {
  isContent,
  type Codec,
  type Lane,
  type LogRecord,
  type Peer,
  type Protocol,
} from '../core/index.ts';
import type { CheckedBook } from './checked-book.ts';
import { Faults } from './faults.ts';
import { Handlers } from './handlers.ts';
import { Lives, type Create } from './lives.ts';
import { Packets } from './packets.ts';
import { Parcels, type ParcelOptions } from './parcels.ts';
import { Sessions } from './sessions.ts';
import type { Effects } from './sim-env.ts';
import { State, type SimNode } from './sim-node.ts';
import { Streams } from './streams.ts';
import { Transit } from './transit.ts';
import { Kind, type World } from './world.ts';

export interface EngineOptions<P> extends ParcelOptions {
  /** What is done with a protocol object when its life is over. */
  readonly bury: ((protocol: P) => void) | undefined;
  readonly packetBytesMax: number;
  /** Watches that only routes are used that a live host would still have. */
  readonly routes: CheckedBook | undefined;
  /** Packets carry counters, and strangers are challenged, as under a key. */
  readonly security: boolean;
}

/** Larger than a time's last digit (2^-18 ms at 2^34), smaller than any delay that matters. */
const ROUNDING_MS = 0.001;

/** Runs events: pops the first, moves the clock and calls the part it belongs to. */
export class Engine<P extends Protocol<M, E>, M, E> implements Effects<P, M, E> {
  readonly world: World<P, E>;
  readonly handlers: Handlers<P, M, E>;
  readonly faults: Faults<P, M, E>;
  readonly lives: Lives<P, M, E>;
  readonly #packets: Packets<P, M, E>;
  readonly #streams: Streams<P, M, E>;
  readonly #routes: CheckedBook | undefined;
  readonly #sessions: Sessions<P, E> | undefined;

  constructor(world: World<P, E>, codec: Codec<M>, create: Create<P>, options: EngineOptions<P>) {
    this.world = world;
    const { routes } = options;
    const parcels = new Parcels(codec, routes ?? world.book, options, world.counters);
    this.handlers = new Handlers(world, parcels, this, routes, (node) => this.lives.stop(node));
    this.#routes = routes;
    const transit = new Transit(world);
    this.#sessions = options.security ? new Sessions(world) : undefined;
    const shared = { parcels, transit, sessions: this.#sessions };
    this.#streams = new Streams(world, this.handlers, shared);
    this.lives = new Lives(world, this.handlers, this.#streams, create, routes, options.bury);
    this.faults = new Faults(world, this.handlers, this.lives, this.#streams);
    this.#packets = new Packets(world, this.handlers, shared, options.packetBytesMax);
  }

  /** Runs the first event if it is not after `untilMs`; false: there is none. */
  step(untilMs: number): boolean {
    const { world } = this;
    const { pool, queue } = world;
    const slot = queue.peek();
    if (slot < 0 || pool.atMs(slot) > untilMs) return false;
    queue.pop();
    world.now = pool.atMs(slot);
    const node = pool.node(slot);
    const life = pool.life(slot);
    const x = pool.x(slot);
    const y = pool.y(slot);
    const reference = pool.reference(slot);
    const kind = pool.kind(slot);
    pool.release(slot);
    if (kind === Kind.Packet) this.#packets.arrive(node, x, y, reference);
    else if (kind === Kind.Timer) this.#wake(world.nodes[node]!, life, x, y, reference);
    else if (kind === Kind.Start) this.lives.begin(world.nodes[node]!);
    else (reference as () => void)();
    return true;
  }

  send(node: SimNode<P, E>, to: Peer, message: M): void {
    this.#routes?.check(to);
    if (this.world.goesByStream(node, to)) this.#streams.sendPacket(node, to, message);
    else this.#packets.send(node, to, message);
  }

  sendReliably(node: SimNode<P, E>, to: Peer, message: M, token: number, lane: Lane): void {
    this.#routes?.check(to);
    this.#streams.send(node, to, message, token, lane);
  }

  after(node: SimNode<P, E>, delayMs: number, timer: number, arg: number): void {
    const { clock } = node;
    if (clock === undefined) {
      this.world.push(delayMs, Kind.Timer, node.index, node.life, timer, arg, undefined);
    } else {
      const due = clock.read(this.world.now) + delayMs;
      const inMs = clock.durationMs(delayMs);
      this.world.push(inMs, Kind.Timer, node.index, node.life, timer, arg, due);
    }
  }

  keep(node: SimNode<P, E>, peer: Peer): boolean {
    if (node.hasAil('book')) return false;
    this.#routes?.keep(peer);
    this.#sessions?.keep(node, peer);
    return true;
  }

  forget(node: SimNode<P, E>, peer: Peer): void {
    this.#routes?.forget(peer);
    this.#sessions?.forget(node, peer);
  }

  save(node: SimNode<P, E>, record: LogRecord, durable: boolean): void {
    node.log ??= { records: [], durable: true };
    node.log.records.push(isContent(record) ? record : record.slice());
    node.log.durable = durable;
  }

  emit(_node: SimNode<P, E>, event: E): void {
    this.handlers.emit(event);
  }

  stop(_node: SimNode<P, E>, reason: string): void {
    this.handlers.requestStop(reason);
  }

  /** `due` is by the node's own clock; undefined: that was right when the timer was set. */
  #wake(node: SimNode<P, E>, life: number, timer: number, arg: number, due: unknown): void {
    if (node.life !== life || node.state === State.Down || node.state === State.Off) return;
    const { clock } = node;
    if (clock !== undefined) {
      const { now } = this.world;
      const dueMs = due === undefined ? now : (due as number);
      const leftMs = dueMs - clock.read(now);
      if (leftMs > ROUNDING_MS) {
        const inMs = clock.durationMs(leftMs);
        this.world.push(inMs, Kind.Timer, node.index, life, timer, arg, dueMs);
        return;
      }
      clock.reach(dueMs);
    }
    this.handlers.wake(node, timer, arg);
  }
}
