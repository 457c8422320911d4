/**
 * The packets of one life: envelopes out and in, the hello exchange, and who gets `gone`.
 *
 * The decisions about strangers are `blocks/security/introduction.ts`, shared with the simulator;
 * here they meet bytes, sockets and the clock.
 */
import { crc32 } from 'node:zlib';
import { Introduction, type Hello } from '../blocks/security/introduction.ts';
import { RecentSends } from '../blocks/security/recent-sends.ts';
import {
  ANYONE,
  NOBODY,
  PACKET_BYTES_MAX,
  UsageError,
  type Address,
  type NodeId,
  type Peer,
} from '../core/index.ts';
import {
  beginPacket,
  ByteReader,
  ByteWriter,
  endPacket,
  openPacket,
  PacketKind,
  readGone,
  readGreeting,
  writeGreeting,
  writeNodeId,
  type PacketHeader,
} from '../wire/index.ts';
import type { Life } from './life.ts';
import type { Outbox } from './outbox.ts';

export interface PacketsOptions {
  readonly outbox: Outbox;
  /** Whether the advertised address must travel: it is not the socket's own. */
  readonly claims: boolean;
  /** A message for this life. The body must be decoded before this returns. */
  readonly onMessage: (from: Address, sender: NodeId, body: ByteReader) => void;
  /** Another life answers where this route leads. */
  readonly onGone: (peer: Peer) => void;
}

export class Packets {
  readonly #life: Life;
  readonly #options: PacketsOptions;
  readonly #introduction: Introduction<Address, Uint8Array>;
  readonly #recent = new RecentSends();
  readonly #writer = new ByteWriter();
  readonly #reader = new ByteReader();
  readonly #claimed: Address | undefined;

  constructor(life: Life, options: PacketsOptions) {
    this.#life = life;
    this.#options = options;
    this.#introduction = new Introduction(life.clusterHash);
    this.#claimed = options.claims ? life.address : undefined;
  }

  /** Sends a body, which may be reused at once. */
  send(to: Peer, body: Uint8Array): void {
    if (body.length > PACKET_BYTES_MAX) {
      throw new UsageError(
        'MESSAGE_TOO_LARGE',
        `a packet carries ${PACKET_BYTES_MAX} B, not ${body.length}: use sendReliably`,
      );
    }
    const { book, now } = this.#life;
    const address = book.addressOf(to);
    const nodeId = book.nodeIdOf(to);
    if (nodeId === ANYONE) {
      this.#hold(address, body.slice());
      return;
    }
    this.#recent.record(to, now());
    this.#sendMessage(address, nodeId, body);
  }

  /** Takes a datagram. */
  receive(data: Uint8Array, source: Address, port: number): void {
    const { counters, nodeId } = this.#life;
    counters.inputs++;
    counters.packetBytesIn += data.length;
    if (port === 0) {
      this.#reject('source', source); // Nothing can be answered there.
      return;
    }
    const header = openPacket(data, this.#reader, crc32);
    if (typeof header === 'string') {
      this.#reject(header, source);
      return;
    }
    switch (header.kind) {
      case PacketKind.Message:
        if (header.receiver === nodeId) this.#receiveMessage(header, source);
        else this.#receiveForAnother(header, source);
        return;
      case PacketKind.Hello:
        this.#receiveHello(header, source);
        return;
      case PacketKind.Welcome:
        this.#receiveWelcome(header, source);
        return;
      case PacketKind.Gone:
        this.#receiveGone(header, source);
        return;
    }
  }

  /** Drops what is held. */
  close(): void {
    this.#life.counters.heldDropped += this.#introduction.held;
  }

  #receiveMessage(header: PacketHeader, source: Address): void {
    this.#life.counters.packetsIn.message++;
    this.#options.onMessage(header.claimed ?? source, header.sender, this.#reader);
  }

  #receiveForAnother(header: PacketHeader, source: Address): void {
    if (header.receiver === ANYONE) {
      this.#reject('header', source);
      return;
    }
    this.#life.counters.misdirected++;
    if (!this.#introduction.answersGone(source, this.#life.now())) return;
    this.#begin(PacketKind.Gone, header.sender, this.#claimed);
    writeNodeId(this.#writer, header.receiver);
    this.#finish(source);
    this.#life.counters.packetsOut.gone++;
  }

  #receiveHello(header: PacketHeader, source: Address): void {
    const { clusterHash, counters, nodeId } = this.#life;
    const greeting = readGreeting(this.#reader);
    if (greeting === undefined || (header.receiver !== ANYONE && header.receiver !== nodeId)) {
      this.#reject('greeting', source);
      return;
    }
    counters.packetsIn.hello++;
    // Another cluster is answered too, so that it learns of its mistake.
    if (greeting.clusterHash !== clusterHash) this.#reject('wrong-cluster', source);
    this.#begin(PacketKind.Welcome, header.sender, undefined);
    writeGreeting(this.#writer, { clusterHash, nonce: greeting.nonce });
    this.#finish(source);
    counters.packetsOut.welcome++;
  }

  #receiveWelcome(header: PacketHeader, source: Address): void {
    const { book, counters, nodeId, now } = this.#life;
    const greeting = readGreeting(this.#reader);
    if (greeting === undefined || header.receiver !== nodeId) {
      this.#reject('greeting', source);
      return;
    }
    counters.packetsIn.welcome++;
    const { nonce, clusterHash } = greeting;
    const released = this.#introduction.welcome(nonce, clusterHash, now());
    this.#countDropped();
    if (released === 'wrong-cluster') this.#reject('wrong-cluster', source);
    if (released === undefined || released === 'wrong-cluster') return;
    const peer = book.find(released.place, header.sender);
    if (peer !== NOBODY) this.#recent.record(peer, now());
    for (const body of released.items) this.#sendMessage(released.place, header.sender, body);
  }

  #receiveGone(header: PacketHeader, source: Address): void {
    const { book, counters, nodeId, now } = this.#life;
    const meant = readGone(this.#reader);
    if (meant === undefined || header.receiver !== nodeId || meant === header.sender) {
      this.#reject('gone-answer', source);
      return;
    }
    counters.packetsIn.gone++;
    const peer = book.find(header.claimed ?? source, meant);
    if (peer !== NOBODY && this.#recent.has(peer, now())) this.#options.onGone(peer);
    else counters.goneIgnored++;
  }

  #hold(address: Address, body: Uint8Array): void {
    const { now, random } = this.#life;
    const hello = this.#introduction.hold(address, body, now(), random);
    this.#countDropped();
    if (hello !== undefined) this.#sendHello(address, hello);
  }

  #sendHello(address: Address, hello: Hello): void {
    const { clusterHash, counters, now, timers } = this.#life;
    this.#begin(PacketKind.Hello, ANYONE, this.#claimed);
    writeGreeting(this.#writer, { clusterHash, nonce: hello.nonce });
    this.#finish(address);
    counters.packetsOut.hello++;
    timers.after(hello.againMs, () => {
      const again = this.#introduction.wake(address, now());
      this.#countDropped();
      if (again !== undefined) this.#sendHello(address, again);
    });
  }

  #sendMessage(address: Address, receiver: NodeId, body: Uint8Array): void {
    this.#begin(PacketKind.Message, receiver, this.#claimed);
    this.#writer.bytes(body);
    this.#finish(address);
    this.#life.counters.packetsOut.message++;
  }

  #begin(kind: PacketKind, receiver: NodeId, claimed: Address | undefined): void {
    beginPacket(this.#writer, { kind, sender: this.#life.nodeId, receiver, claimed });
  }

  #finish(to: Address): void {
    endPacket(this.#writer, crc32);
    this.#options.outbox.send(this.#writer.copy(), to);
  }

  #countDropped(): void {
    this.#life.counters.heldDropped += this.#introduction.dropped;
    this.#introduction.dropped = 0;
  }

  #reject(reason: string, source: string): void {
    this.#life.rejections.count(reason, source, this.#life.now());
  }
}
