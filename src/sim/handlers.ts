import {
  broken,
  collectMarks,
  type Env,
  type HostEvent,
  type Peer,
  type Protocol,
  type Why,
} from '../core/index.ts';
import type { CheckedBook } from './checked-book.ts';
import type { Parcel, Parcels } from './parcels.ts';
import { RunError } from './run-error.ts';
import { SimEnv, type Effects } from './sim-env.ts';
import { State, type SimNode } from './sim-node.ts';
import { Call, TraceHash } from './trace-hash.ts';
import type { World } from './world.ts';

/** Hears what any node tells, with its index. */
export type Listener<E> = (node: number, event: E | HostEvent) => void;

const WHYS: readonly Why[] = ['refused', 'gone', 'lost', 'local'];

/**
 * Calls of protocols: aims the Env, adds to the trace, and when the handler has returned tells the
 * listeners and stops whom it asked to stop. What a node cannot take yet waits at the node.
 */
export class Handlers<P extends Protocol<M, E>, M, E> {
  readonly trace = new TraceHash();
  readonly listeners: Listener<E>[] = [];
  /** Coverage marks passed in this simulation. */
  readonly marks = new Map<string, number>();
  readonly #world: World<P, E>;
  readonly #parcels: Parcels<M>;
  readonly #env: SimEnv<P, M, E>;
  readonly #routes: CheckedBook | undefined;
  readonly #onStop: (node: SimNode<P, E>) => void;
  #emitted: (E | HostEvent)[] = [];
  #stopReason: string | undefined;

  constructor(
    world: World<P, E>,
    parcels: Parcels<M>,
    effects: Effects<P, M, E>,
    routes: CheckedBook | undefined,
    onStop: (node: SimNode<P, E>) => void,
  ) {
    this.#world = world;
    this.#parcels = parcels;
    this.#env = new SimEnv(effects, world);
    this.#routes = routes;
    this.#onStop = onStop;
  }

  start(node: SimNode<P, E>): void {
    this.#enter(node, Call.Start, 0, 0);
    try {
      node.protocol!.start(this.#env);
    } catch (error) {
      this.#fail(node, 'start', error);
    }
    this.#routes?.endCreate(node.index);
    this.#leave(node);
  }

  receive(node: SimNode<P, E>, from: Peer, parcel: Parcel): void {
    if (node.inbox !== undefined) {
      this.arrive(node, () => this.receive(node, from, parcel));
      return;
    }
    this.#enter(node, Call.Receive, from, 0);
    try {
      const message = this.#parcels.unpack(parcel);
      if (message !== undefined) node.protocol!.receive(this.#env, from, message);
    } catch (error) {
      this.#fail(node, 'receive', error);
    }
    this.#leave(node);
  }

  wake(node: SimNode<P, E>, timer: number, arg: number): void {
    if (node.overdue !== undefined) {
      this.expire(node, () => this.wake(node, timer, arg));
      return;
    }
    this.#enter(node, Call.Wake, timer, arg);
    try {
      node.protocol!.wake(this.#env, timer, arg);
    } catch (error) {
      this.#fail(node, 'wake', error);
    }
    this.#leave(node);
  }

  unreachable(node: SimNode<P, E>, peer: Peer, token: number, why: Why): void {
    this.arrive(node, () => {
      this.#world.counters.failures++;
      this.#enter(node, Call.Unreachable, peer, token * WHYS.length + WHYS.indexOf(why));
      try {
        node.protocol!.unreachable(this.#env, peer, token, why);
      } catch (error) {
        this.#fail(node, 'unreachable', error);
      }
      this.#leave(node);
    });
  }

  command<R>(node: SimNode<P, E>, command: (protocol: P, env: Env<M, E>) => R): R {
    this.#enter(node, Call.Command, 0, 0);
    const marksBefore = collectMarks(this.marks);
    let result: R;
    try {
      result = command(node.protocol!, this.#env);
    } catch (error) {
      this.#env.poison(); // The caller's own code: the error is his, and he may go on.
      this.#routes?.leave();
      this.#stopReason = undefined;
      this.#emitted = [];
      throw error;
    } finally {
      collectMarks(marksBefore);
    }
    this.#leave(node);
    return result;
  }

  /** Runs what came from outside, once this life of the node can take it. */
  arrive(node: SimNode<P, E>, run: () => void): void {
    if (node.inbox === undefined) run();
    else node.inbox.push(run);
  }

  /** Runs a timer's work, once this life of the node can. */
  expire(node: SimNode<P, E>, run: () => void): void {
    if (node.overdue !== undefined) {
      node.overdue.push(run);
      return;
    }
    // A starved node's messages wait while its timers run; any other takes what has arrived first.
    if (node.inbox !== undefined && node.outbox === undefined) broken('a timer before a message');
    run();
  }

  /** Tells what a node says, when the handler at work has returned. */
  emit(event: E): void {
    this.#emitted.push(event);
  }

  /** Tells what a node's host says, at once. */
  tell(node: SimNode<P, E>, event: E | HostEvent): void {
    for (const listener of node.listeners) listener(event);
    for (const listener of this.listeners) listener(node.index, event);
  }

  /** Tells that traffic from another cluster has come. */
  rejectCluster(node: SimNode<P, E>, from: Peer): void {
    const source = this.#world.book.addressOf(from);
    this.tell(node, { type: 'rejected', reason: 'wrong-cluster', source, count: 1 });
  }

  requestStop(reason: string): void {
    this.#stopReason ??= reason;
  }

  #enter(node: SimNode<P, E>, call: number, x: number, y: number): void {
    this.#env.aim(node);
    this.#world.counters.events++;
    this.trace.add(this.#world.now, node.index, call, x, y);
    if (this.#routes !== undefined) {
      const isGiven = call === Call.Receive || call === Call.Unreachable;
      this.#routes.enter(node.index, node.self, isGiven ? x : undefined);
    }
  }

  #leave(node: SimNode<P, E>): void {
    this.#env.poison();
    this.#routes?.leave();
    if (this.#emitted.length === 0 && this.#stopReason === undefined) return;
    const emitted = this.#emitted;
    this.#emitted = [];
    const reason = this.#stopReason;
    this.#stopReason = undefined;
    if (reason !== undefined) {
      node.stopReason = reason;
      this.#onStop(node);
      emitted.push({ type: 'stopped', reason });
    }
    for (const event of emitted) this.tell(node, event);
  }

  #fail(node: SimNode<P, E>, handler: string, error: unknown): never {
    this.#env.poison();
    node.state = State.Down;
    const { seed, elapsedMs } = this.#world;
    throw new RunError(`${handler} threw`, seed, elapsedMs, node.name, error);
  }
}
