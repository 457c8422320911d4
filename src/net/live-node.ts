/**
 * One life of a node: its protocol object, what it may do, and its place on the wire.
 *
 * Every input becomes a handler that runs to completion: aim the Env, call, flush what was queued
 * (records first, then sends), tell the listeners, sweep the book.
 */
import type { Socket } from 'node:net';
import type { Keyring } from '../blocks/security/keyring.ts';
import type { RouteBook } from '../blocks/peers/book.ts';
import {
  assert,
  PACKET_BYTES_MAX,
  STREAM_BYTES_MAX,
  UsageError,
  type Address,
  type Codec,
  type Env,
  type HostEvent,
  type LogRecord,
  type NodeId,
  type Peer,
  type Protocol,
  type Random,
  type Why,
} from '../core/index.ts';
import { ByteReader, ByteWriter, isStreamed } from '../wire/index.ts';
import { countMessage, type Counters } from './counters.ts';
import type { Detours } from './detours.ts';
import type { Impairments } from './impairments.ts';
import type { Life } from './life.ts';
import { LiveEnv } from './live-env.ts';
import type { Outbox } from './outbox.ts';
import { Packets } from './packets.ts';
import type { Rejections } from './rejections.ts';
import type { SecretKey } from './secret.ts';
import { Streams } from './streams.ts';
import { StreamWatch } from './stream-watch.ts';
import { Timers } from './timers.ts';

/** What outlives a life, and what a life tells its host. */
export interface LiveNodeOptions<P, M, E> {
  readonly book: RouteBook;
  readonly codec: Codec<M>;
  readonly create: () => P;
  readonly address: Address;
  /** Whether the address must travel in packets. */
  readonly claims: boolean;
  readonly clusterHash: string;
  readonly keyring: Keyring<SecretKey> | undefined;
  readonly outbox: Outbox;
  readonly counters: Counters;
  readonly rejections: Rejections;
  readonly impairments: Impairments;
  readonly detours: Detours;
  /** Whether there is no UDP here: all packets go by stream. */
  readonly isStreamed: boolean;
  readonly log: ((record: LogRecord, durable: boolean) => void) | undefined;
  readonly onEvent: (event: E) => void;
  readonly onTold: (event: HostEvent) => void;
  /** A handler has returned and its effects have left: time to tell the listeners. */
  readonly onSettled: () => void;
  readonly onStop: (reason: string) => void;
  readonly onFailed: (error: unknown) => void;
}

/** What is drawn for each life. */
export interface Draws {
  readonly nodeId: NodeId;
  /** The protocol's own stream. */
  readonly random: Random;
  readonly nonces: Random;
}

export class LiveNode<P extends Protocol<M, E>, M, E> {
  readonly nodeId: NodeId;
  readonly protocol: P;
  readonly #options: LiveNodeOptions<P, M, E>;
  readonly #env: LiveEnv<M, E>;
  readonly #life: Life;
  /** Its routes in this life; all lead here, for as long as others believe in them. */
  readonly #selves = new Set<Peer>();
  readonly #timers: Timers;
  readonly #packets: Packets;
  readonly #streams: Streams;
  readonly #writer = new ByteWriter();
  #isBusy = false;
  #isEnded = false;

  /** Makes the protocol object; what `create` throws, this throws. `start` is to follow. */
  constructor(options: LiveNodeOptions<P, M, E>, draws: Draws) {
    const { address, book, claims, clusterHash, counters, keyring, outbox } = options;
    this.#options = options;
    this.protocol = options.create();
    this.nodeId = draws.nodeId;
    const self = book.peer(address, draws.nodeId);
    book.pin(self);
    this.#selves.add(self);
    const timers = new Timers({ now, counters });
    const life: Life = {
      nodeId: draws.nodeId,
      random: draws.nonces,
      book,
      clusterHash,
      keyring,
      address,
      timers,
      counters,
      rejections: options.rejections,
      impairments: options.impairments,
      detours: options.detours,
      streamWatch: new StreamWatch((blocked) => {
        options.onTold({ type: 'streams-blocked', blocked, direction: 'out' });
      }),
      onIntroduced: (place, nodeId) => {
        options.onTold({ type: 'introduced', address: place, nodeId });
      },
      now,
    };
    this.#timers = timers;
    this.#life = life;
    this.#packets = new Packets(life, {
      outbox,
      claims,
      isKept: (nodeId) => this.#env.keepsRouteTo(nodeId),
      onMessage: (from, sender, body) => this.#receivePacket(from, sender, body),
      onGone: (peer) => {
        counters.failures.gone++;
        this.#fail(peer, 0, 'gone');
      },
    });
    this.#streams = new Streams(life, {
      onOpened: (nodeId) => this.#packets.admit(nodeId),
      onMessage: (from, body) => this.#receive(from, new ByteReader(body), true),
      onFailed: (send, why) => this.#fail(send.peer, send.token, why),
    });
    this.#env = new LiveEnv({
      self,
      book,
      timers,
      random: draws.random,
      onWake: (timer, arg) => this.#run((protocol, env) => protocol.wake(env, timer, arg)),
    });
  }

  /** The route to this life, as advertised. */
  get self(): Peer {
    return this.#env.self;
  }

  /** Whether a handler is at work. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Open connections. */
  get streamCount(): number {
    return this.#streams.count;
  }

  start(): void {
    this.#run((protocol, env) => protocol.start(env));
  }

  /** A throw is the caller's own: it reaches him, and the node goes on. */
  command<R>(command: (protocol: P, env: Env<M, E>) => R): R {
    assert(!this.#isBusy, 'a command inside a handler: a protocol does not call its host');
    const { book } = this.#options;
    book.begin();
    try {
      return this.#handle(command);
    } finally {
      this.#settle();
      book.sweep();
    }
  }

  /** Others are to reach this life there; the protocol has yet to tell them. */
  readdress(address: Address): void {
    const { book } = this.#options;
    book.begin();
    const self = book.peer(address, this.nodeId);
    if (!this.#selves.has(self)) book.pin(self);
    this.#selves.add(self);
    book.sweep();
    this.#life.address = address;
    this.#env.self = self;
  }

  receivePacket(data: Uint8Array, source: Address, port: number): void {
    this.#packets.receive(data, source, port);
  }

  /** A key of the ring is gone, and what was under it. */
  forgetKey(fingerprint: string): void {
    this.#packets.forgetKey(fingerprint);
    this.#streams.dropKey(fingerprint);
  }

  accept(socket: Socket): void {
    this.#streams.accept(socket);
  }

  /** Ends this life; resolves when its streams are flushed and closed. */
  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#timers.clear();
    this.#packets.close();
    this.#env.forgetAll();
    for (const self of this.#selves) this.#options.book.forget(self);
    await this.#streams.close();
  }

  #receivePacket(from: Address, sender: NodeId, body: ByteReader): void {
    const { book } = this.#options;
    book.begin();
    this.#receive(book.peer(from, sender), body, false);
    book.sweep();
  }

  #receive(from: Peer, body: ByteReader, isStreamed: boolean): void {
    const { book, counters } = this.#options;
    book.begin();
    const bytes = body.left;
    const message = this.#decode(body);
    if (message === undefined) {
      this.#reject('message', from);
    } else {
      countMessage(counters.messagesIn, message, bytes, isStreamed);
      this.#run((protocol, env) => protocol.receive(env, from, message));
    }
    book.sweep();
  }

  #decode(body: ByteReader): M | undefined {
    try {
      const message = this.#options.codec.decode(body, this.#options.book);
      return body.ok && body.left === 0 ? message : undefined;
    } catch {
      return undefined; // A codec must not throw, but whoever sends bytes must not stop a node.
    }
  }

  #reject(reason: string, from: Peer): void {
    this.#options.rejections.count(reason, this.#options.book.addressOf(from), now());
  }

  #fail(peer: Peer, token: number, why: Why): void {
    this.#run((protocol, env) => protocol.unreachable(env, peer, token, why));
  }

  /** Runs an input's handler; what it throws stops the node. */
  #run(handler: (protocol: P, env: Env<M, E>) => void): void {
    if (this.#isEnded) return;
    const { book } = this.#options;
    book.begin();
    try {
      this.#handle(handler);
    } catch (error) {
      this.#env.clear();
      this.#options.onFailed(error);
    }
    this.#settle();
    book.sweep();
  }

  #handle<R>(handler: (protocol: P, env: Env<M, E>) => R): R {
    this.#env.aim(now(), Date.now());
    this.#isBusy = true;
    try {
      return handler(this.protocol, this.#env);
    } finally {
      this.#env.release();
      this.#isBusy = false;
    }
  }

  /** What follows every handler. */
  #settle(): void {
    this.#isBusy = true;
    try {
      this.#flush();
    } catch (error) {
      // Too large, or not to be encoded: the protocol's mistake. Or what must be saved is not.
      this.#options.onFailed(error);
    }
    this.#env.clear();
    this.#isBusy = false;
    const { stopReason } = this.#env;
    if (stopReason !== undefined && !this.#isEnded) this.#options.onStop(stopReason);
    this.#options.onSettled();
  }

  #flush(): void {
    const { counters, log } = this.#options;
    const { events, records, reliableSends, sends, sendsTo } = this.#env;
    for (const { record, durable } of records) log?.(record, durable);
    let encoded: M | undefined;
    let body: Uint8Array = new Uint8Array(0);
    for (const [i, message] of sends.entries()) {
      // A fan-out shares one message object and one encoding of it.
      if (message !== encoded) body = this.#encode(message);
      encoded = message;
      const peer = sendsTo[i]!;
      const byStream = this.#goesByStream(peer);
      countMessage(counters.messagesOut, message, body.length, byStream);
      if (byStream) this.#streams.sendPacket(peer, checkPacket(body).slice());
      else this.#packets.send(peer, checkPacket(body));
    }
    for (const { lane, message, to: peer, token } of reliableSends) {
      const body = this.#encode(message).slice();
      if (body.length > STREAM_BYTES_MAX) {
        throw new UsageError('MESSAGE_TOO_LARGE', `a stream carries 64 kB, not ${body.length} B`);
      }
      countMessage(counters.messagesOut, message, body.length, true);
      this.#streams.send({ peer, token, lane, body, isRepeat: false });
    }
    for (const event of events) this.#options.onEvent(event);
  }

  #goesByStream(peer: Peer): boolean {
    return this.#options.isStreamed || isStreamed(this.#options.book.addressOf(peer));
  }

  /** Valid until the next. */
  #encode(message: M): Uint8Array {
    this.#writer.clear();
    this.#options.codec.encode(message, this.#writer, this.#options.book);
    return this.#writer.view();
  }
}

/** @throws UsageError MESSAGE_TOO_LARGE */
function checkPacket(body: Uint8Array): Uint8Array {
  if (body.length <= PACKET_BYTES_MAX) return body;
  throw new UsageError(
    'MESSAGE_TOO_LARGE',
    `a packet carries ${PACKET_BYTES_MAX} B, not ${body.length}: use sendReliably`,
  );
}

function now(): number {
  return performance.now();
}
