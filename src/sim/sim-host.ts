import {
  UsageError,
  type Address,
  type Book,
  type Env,
  type Host,
  type HostEvent,
  type NodeId,
  type Peer,
  type Protocol,
} from '../core/index.ts';
import type { Engine } from './engine.ts';
import { State, type SimNode } from './sim-node.ts';
import { Kind } from './world.ts';

/** What a new life begins with, where it is not as before. */
export interface Birth {
  readonly config: unknown;
  /** Its name among the members. */
  readonly member: string;
  readonly cluster: string;
  readonly address: Address;
  /** What it finds of what it saved; torn: the last record cut anywhere, unless durable. */
  readonly saved: 'kept' | 'torn' | 'wiped';
}

/** One node of a simulation, as the code around it sees it. */
export class SimHost<P extends Protocol<M, E>, M, E> implements Host<P, M, E> {
  readonly book: Book;
  readonly #engine: Engine<P, M, E>;
  readonly #node: SimNode<P, E>;

  constructor(engine: Engine<P, M, E>, node: SimNode<P, E>, book: Book) {
    this.book = book;
    this.#engine = engine;
    this.#node = node;
  }

  get name(): string {
    return this.#node.name;
  }

  get index(): number {
    return this.#node.index;
  }

  get address(): Address {
    return this.#node.address;
  }

  /** The route to its present life; NOBODY before its first. */
  get self(): Peer {
    return this.#node.self;
  }

  /** Of its present life; ANYONE before its first. */
  get nodeId(): NodeId {
    return this.#node.nodeId;
  }

  /** Whether its process lives, be it paused. */
  get isUp(): boolean {
    return this.#node.isAlive;
  }

  /** Whether it takes commands: it is up and not paused. */
  get isRunning(): boolean {
    return this.#node.state === State.Up || this.#node.state === State.Born;
  }

  /** Its protocol object, that of the last life if none runs; for reading. */
  get protocol(): P {
    return this.#node.protocol ?? notRunning(this.#node.name, 'has not started');
  }

  call<R>(command: (protocol: P, env: Env<M, E>) => R): R {
    const node = this.#node;
    this.#engine.lives.begin(node);
    if (node.state === State.Paused) notRunning(node.name, 'is paused');
    if (node.state !== State.Up) notRunning(node.name, 'does not run');
    return this.#engine.handlers.command(node, command);
  }

  on(listener: (event: E | HostEvent) => void): () => void {
    const node = this.#node;
    node.listeners = [...node.listeners, listener];
    return () => {
      node.listeners = node.listeners.filter((other) => other !== listener);
    };
  }

  /** A new life with what was saved; `start` runs as the next event. */
  restart(): void {
    const { lives, world } = this.#engine;
    if (this.isUp) lives.kill(this.#node);
    lives.bear(this.#node);
    world.push(0, Kind.Start, this.#node.index, this.#node.life, 0, 0, undefined);
  }

  /**
   * A new life, maybe another member elsewhere, of a node that is down; `start` runs as the next
   * event, or before the first command.
   *
   * @throws UsageError if another node runs at that address
   */
  bear({ config, member, cluster, address, saved }: Birth): void {
    const { lives, world } = this.#engine;
    const node = this.#node;
    world.expectFree(address, node);
    if (node.isAlive) lives.kill(node);
    node.config = config;
    node.member = member;
    node.cluster = cluster;
    node.address = address;
    if (saved === 'torn') lives.tear(node);
    if (saved === 'wiped') node.log = undefined;
    lives.bear(node);
    world.push(0, Kind.Start, node.index, node.life, 0, 0, undefined);
  }

  /** Ends the process at once: like a kill, it says nothing to anybody. */
  stop(): void {
    if (this.isUp) this.#engine.lives.kill(this.#node);
  }
}

function notRunning(name: string, what: string): never {
  throw new UsageError('NOT_RUNNING', `node "${name}" ${what}`);
}
