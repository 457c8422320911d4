/**
 * The host on Node.js: sockets that stay, and one life after another on them.
 *
 * Listeners hear what a handler told after it has returned and its effects have left, in order;
 * calling the host inside one is safe, and what that tells comes after what is being told.
 */
import type { Keyring } from '../blocks/security/keyring.ts';
import type { RouteBook } from '../blocks/peers/book.ts';
import {
  assert,
  UsageError,
  Xoshiro128,
  type Address,
  type Env,
  type Host,
  type HostEvent,
  type NodeId,
  type Peer,
  type Protocol,
} from '../core/index.ts';
import { Counters } from './counters.ts';
import { Detours } from './detours.ts';
import { drawNodeId, SystemRandom } from './entropy.ts';
import type { Impairments } from './impairments.ts';
import { LiveNode, type LiveNodeOptions } from './live-node.ts';
import { Outbox } from './outbox.ts';
import { Rejections } from './rejections.ts';
import type { SecretKey } from './secret.ts';
import { closeSockets, isPassing, type Sockets } from './sockets.ts';
import { familyOf, formatAddress } from '../wire/index.ts';

/** What `openHost` has made ready. */
export interface NetHostOptions<P, M, E> extends Pick<
  LiveNodeOptions<P, M, E>,
  | 'book'
  | 'codec'
  | 'create'
  | 'address'
  | 'claims'
  | 'clusterHash'
  | 'impairments'
  | 'keyring'
  | 'log'
> {
  readonly sockets: Sockets;
  readonly seed: number | undefined;
  /** A life is over, and nobody reads it any more. */
  readonly bury: (protocol: P) => void;
  readonly onClosed: (() => Promise<void>) | undefined;
}

export class NetHost<P extends Protocol<M, E>, M, E> implements Host<P, M, E> {
  readonly book: RouteBook;
  readonly counters = new Counters();
  /** Of this node's network; may be changed at any time. */
  readonly impairments: Impairments;
  readonly #options: NetHostOptions<P, M, E>;
  #nodeOptions: LiveNodeOptions<P, M, E>;
  readonly #outbox: Outbox;
  readonly #random = new SystemRandom();
  #listeners: readonly ((event: E | HostEvent) => void)[] = [];
  #told: (E | HostEvent)[] = [];
  /** Holds back what is told, until the opener has had a chance to listen. */
  #isSilent = true;
  #isTelling = false;
  #node: LiveNode<P, M, E>;
  #lives = 0;
  #stopped: Promise<void> | undefined;

  /** Starts the first life; what its `create` throws, this throws. */
  constructor(options: NetHostOptions<P, M, E>) {
    const { counters } = this;
    const rejections = new Rejections(counters, (reason, source, count) => {
      this.tell({ type: 'rejected', reason, source, count });
    });
    this.#options = options;
    this.book = options.book;
    this.impairments = options.impairments;
    const { impairments, sockets } = options;
    const detours = new Detours(sockets.places.map(familyOf));
    this.#outbox = new Outbox(sockets.udp, { counters, detours, impairments });
    this.#nodeOptions = {
      ...options,
      counters,
      detours,
      isStreamed: sockets.udp.length === 0,
      rejections,
      outbox: this.#outbox,
      onEvent: (event) => this.#told.push(event),
      onTold: (event) => this.tell(event),
      onSettled: () => this.#deliver(),
      onStop: (reason) => void this.#close({ type: 'stopped', reason }),
      onFailed: (error) => void this.#close({ type: 'failed', error }),
    };
    this.book.begin();
    try {
      this.#node = this.#bear();
      this.#node.start();
    } finally {
      this.book.sweep();
    }
    this.#listen();
    setImmediate(() => {
      this.#isSilent = false;
      this.#deliver();
    });
  }

  /** Advertised, with the real port. */
  get address(): Address {
    return this.#nodeOptions.address;
  }

  /** Whether it has ended, by itself or by `stop`. */
  get isStopped(): boolean {
    return this.#stopped !== undefined;
  }

  /** Where its sockets listen, in the order of the binds. */
  get places(): readonly Address[] {
    return this.#options.sockets.places;
  }

  /** The route to its present life. */
  get self(): Peer {
    return this.#node.self;
  }

  get nodeId(): NodeId {
    return this.#node.nodeId;
  }

  /** The protocol object of the present life, for reading. */
  get protocol(): P {
    return this.#node.protocol;
  }

  /** Milliseconds, with fractions: the clock of `Env.now`. */
  get now(): number {
    return performance.now();
  }

  /** Open TCP connections of the present life. */
  get streamCount(): number {
    return this.#node.streamCount;
  }

  /** The keys; undefined: nothing is encrypted. After `remove`, call `forgetKey`. */
  get keyring(): Keyring<SecretKey> | undefined {
    return this.#options.keyring;
  }

  /** A key was taken off the ring: closes the streams under it. */
  forgetKey(fingerprint: string): void {
    this.#node.forgetKey(fingerprint);
  }

  /** Throws NOT_RUNNING after the end. What the command itself throws reaches the caller. */
  call<R>(command: (protocol: P, env: Env<M, E>) => R): R {
    this.#checkRunning();
    return this.#node.command(command);
  }

  on(listener: (event: E | HostEvent) => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  restart(): void {
    this.#checkRunning();
    assert(!this.#node.isBusy, 'restart inside a handler');
    this.book.begin();
    try {
      const next = this.#bear();
      void this.#endAndBury(this.#node);
      this.#node = next;
      next.start();
    } finally {
      this.book.sweep();
    }
  }

  /**
   * From now on this is where others reach this node. The protocol has to tell them: `env.self` is
   * another route from here on. For hosts opened with `advertise`.
   *
   * Throws NOT_RUNNING.
   */
  readdress(address: Address): void {
    this.#checkRunning();
    assert(
      this.#options.claims || this.#options.sockets.udp.length === 0,
      'it advertises an address',
    );
    this.#nodeOptions = { ...this.#nodeOptions, address };
    this.#node.readdress(address);
  }

  /** For what is around a host, to tell its listeners. */
  tell(event: HostEvent): void {
    this.#told.push(event);
    // Inside a handler its end delivers.
    if (this.#node !== undefined && !this.#node.isBusy) this.#deliver();
  }

  /** Flushes and closes; resolves when both sockets are free again. */
  async stop(): Promise<void> {
    await this.#close();
  }

  #bear(): LiveNode<P, M, E> {
    const nonces = this.#random;
    const seed = this.#options.seed ?? nonces.u32();
    const random = new Xoshiro128(seed, `life ${++this.#lives}`);
    return new LiveNode(this.#nodeOptions, { nodeId: drawNodeId(nonces), random, nonces });
  }

  #listen(): void {
    const fail = (error: Error): void => {
      if (!isPassing(error)) void this.#close({ type: 'failed', error });
    };
    for (const udp of this.#options.sockets.udp) {
      udp.on('message', (data, { address, port }) => this.#receive(data, address, port));
      udp.on('error', fail);
    }
    for (const tcp of this.#options.sockets.tcp) {
      tcp.on('connection', (socket) => this.#node.accept(socket));
      tcp.on('error', fail);
    }
  }

  #receive(data: Uint8Array, ip: string, port: number): void {
    const source = formatSource(ip, port);
    const delayMs = this.impairments.isOn ? this.impairments.packetMs('in', source) : 0;
    if (delayMs < 0) this.counters.packetsImpaired++;
    else if (delayMs === 0) this.#node.receivePacket(data, source, port);
    else setTimeout(() => this.#receiveLate(data, source, port), delayMs);
  }

  #receiveLate(data: Uint8Array, source: Address, port: number): void {
    if (this.#stopped === undefined) this.#node.receivePacket(data, source, port);
  }

  #checkRunning(): void {
    if (this.#stopped === undefined) return;
    throw new UsageError('NOT_RUNNING', 'this host has stopped: open another');
  }

  #close(last?: HostEvent): Promise<void> {
    if (this.#stopped === undefined && last !== undefined) this.tell(last);
    this.#stopped ??= this.#shutDown();
    return this.#stopped;
  }

  async #shutDown(): Promise<void> {
    this.#outbox.flush();
    await Promise.all([this.#node.end(), closeSockets(this.#options.sockets)]);
    await this.#options.onClosed?.();
    this.#bury(this.#node);
  }

  async #endAndBury(node: LiveNode<P, M, E>): Promise<void> {
    await node.end();
    this.#bury(node);
  }

  /** Listeners who are still to hear of its end may read what it knew. */
  #bury(node: LiveNode<P, M, E>): void {
    setImmediate(() => this.#options.bury(node.protocol));
  }

  #deliver(): void {
    if (this.#isTelling || this.#isSilent) return;
    this.#isTelling = true;
    for (let event = this.#told.shift(); event !== undefined; event = this.#told.shift()) {
      for (const listener of this.#listeners) tellOne(listener, event);
    }
    this.#isTelling = false;
  }
}

/** IPv4 text comes canonical from the socket; IPv6 may carry a zone, which names no address. */
function formatSource(ip: string, port: number): Address {
  if (!ip.includes(':')) return `${ip}:${port}`;
  const percent = ip.indexOf('%');
  const bare = percent < 0 ? ip : ip.slice(0, percent);
  return formatAddress(bare, port) ?? `[${bare}]:${port}`;
}

/** A listener that throws spoils nothing here, and its error is not swallowed. */
function tellOne<E>(listener: (event: E) => void, event: E): void {
  try {
    listener(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
