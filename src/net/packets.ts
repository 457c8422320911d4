/**
 * The packets of one life: envelopes out and in, the hello exchange, and who gets `gone`.
 *
 * The decisions about strangers are `blocks/security`, shared with the simulator; here they meet
 * bytes, sockets and the clock. A life with a keyring speaks and hears encrypted packets only.
 */
import { crc32 } from 'node:zlib';
import { Introduction, type Hello, type Released } from '../blocks/security/introduction.ts';
import { RecentSends } from '../blocks/security/recent-sends.ts';
import { Session } from '../blocks/security/session.ts';
import { ANYONE, NOBODY, type Address, type NodeId, type Peer } from '../core/index.ts';
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
  type SealedHeader,
} from '../wire/index.ts';
import type { Life } from './life.ts';
import type { Outbox } from './outbox.ts';
import { PacketSeal } from './packet-seal.ts';

export interface PacketsOptions {
  readonly outbox: Outbox;
  /** Whether the advertised address must travel: it is not the socket's own. */
  readonly claims: boolean;
  /** Whether the node keeps a route to a life. */
  readonly isKept: (nodeId: NodeId) => boolean;
  /** A message for this life. The body must be decoded before this returns. */
  readonly onMessage: (from: Address, sender: NodeId, body: ByteReader) => void;
  /** Another life answers where this route leads. */
  readonly onGone: (peer: Peer) => void;
}

/** A message that waits until its sender has answered a challenge; without a body it is lost. */
interface HeldMessage {
  readonly from: Address;
  readonly sender: NodeId;
  readonly counter: number;
  readonly body: Uint8Array | undefined;
}

/** What a life with keys has besides. */
interface Sealed {
  readonly seal: PacketSeal;
  readonly session: Session;
  /** By address and nodeId. */
  readonly challenges: Introduction<string, HeldMessage>;
}

export class Packets {
  readonly #life: Life;
  readonly #options: PacketsOptions;
  readonly #introduction: Introduction<Address, Uint8Array>;
  readonly #sealed: Sealed | undefined;
  readonly #recent = new RecentSends();
  readonly #writer = new ByteWriter();
  readonly #bodyWriter = new ByteWriter(64);
  readonly #reader = new ByteReader();

  constructor(life: Life, options: PacketsOptions) {
    const { keyring } = life;
    this.#life = life;
    this.#options = options;
    this.#introduction = new Introduction(life.clusterHash);
    this.#sealed = keyring && {
      seal: new PacketSeal({ ...life, keyring, isKept: options.isKept }),
      session: new Session(options.isKept),
      challenges: new Introduction(life.clusterHash),
    };
  }

  /** Sends a body, which may be reused at once. */
  send(to: Peer, body: Uint8Array): void {
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
    const header =
      this.#sealed?.seal.open(data, source, this.#reader) ?? openPacket(data, this.#reader, crc32);
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

  /** A stream has shown that this life lives. */
  admit(sender: NodeId): void {
    this.#sealed?.session.admit(sender);
  }

  /** A key of the ring is gone. */
  forgetKey(fingerprint: string): void {
    this.#sealed?.seal.forget(fingerprint);
  }

  /** Drops what is held. */
  close(): void {
    this.#life.counters.heldDropped +=
      this.#introduction.held + (this.#sealed?.challenges.held ?? 0);
  }

  #receiveMessage(header: PacketHeader | SealedHeader, source: Address): void {
    const from = header.claimed ?? source;
    if (this.#sealed !== undefined && 'counter' in header) {
      const verdict = this.#sealed.session.judge(header.sender, header.counter);
      if (verdict === 'hold' || verdict === 'challenge') {
        this.#learnFirst(from, source);
        this.#challenge(this.#sealed, header, from, verdict === 'hold');
        return;
      }
      if (verdict !== 'fresh') {
        this.#reject(verdict, source);
        return;
      }
    }
    this.#life.counters.packetsIn.message++;
    if (header.claimed !== undefined) this.#life.detours.learn(from, source);
    this.#life.streamWatch.heard(from);
    this.#options.onMessage(from, header.sender, this.#reader);
  }

  /** What is not known to be fresh changes no way that is known. */
  #learnFirst(address: Address, source: Address): void {
    const { detours } = this.#life;
    if (this.#sealed === undefined || detours.to(address) === undefined) {
      detours.learn(address, source);
    }
  }

  /** Asks a stranger whether it lives; its message waits for the answer, or is lost. */
  #challenge(
    { challenges }: Sealed,
    { sender, counter }: SealedHeader,
    from: Address,
    holds: boolean,
  ): void {
    const { counters, now, random } = this.#life;
    const body = holds ? this.#reader.bytes(this.#reader.left).slice() : undefined;
    const place = `${from} ${sender}`;
    const hello = challenges.hold(place, { from, sender, counter, body }, now(), random);
    this.#countDropped();
    if (hello === undefined) return;
    counters.challenges++;
    this.#sendHello(from, hello, () => challenges.wake(place, now()));
  }

  /** A stranger has answered: what it sent is taken, once. */
  #take({ session }: Sealed, items: readonly HeldMessage[], sender: NodeId): void {
    for (const item of items) {
      const { counters } = this.#life;
      const isTaken =
        item.body !== undefined &&
        item.sender === sender &&
        session.judge(sender, item.counter) === 'fresh';
      if (!isTaken) {
        counters.heldDropped++;
        continue;
      }
      counters.packetsIn.message++;
      this.#options.onMessage(item.from, sender, new ByteReader(item.body));
    }
  }

  #receiveForAnother(header: PacketHeader, source: Address): void {
    if (header.receiver === ANYONE) {
      this.#reject('header', source);
      return;
    }
    this.#life.counters.misdirected++;
    if (!this.#introduction.answersGone(source, this.#life.now())) return;
    const to = this.#bodyWriter;
    to.clear();
    writeNodeId(to, header.receiver);
    this.#send(PacketKind.Gone, header.sender, source, to.view());
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
    if (header.claimed !== undefined) this.#learnFirst(header.claimed, source);
    // Another cluster is answered too, so that it learns of its mistake.
    if (greeting.clusterHash !== clusterHash) this.#reject('wrong-cluster', source);
    const body = this.#greeting(greeting.nonce);
    this.#send(PacketKind.Welcome, header.sender, source, body);
    counters.packetsOut.welcome++;
  }

  #receiveWelcome(header: PacketHeader | SealedHeader, source: Address): void {
    const { counters, nodeId, now } = this.#life;
    const greeting = readGreeting(this.#reader);
    if (greeting === undefined || header.receiver !== nodeId) {
      this.#reject('greeting', source);
      return;
    }
    counters.packetsIn.welcome++;
    const { nonce, clusterHash } = greeting;
    const released = this.#introduction.welcome(nonce, clusterHash, now());
    const answered = this.#sealed?.challenges.welcome(nonce, clusterHash, now());
    this.#countDropped();
    if (released === 'wrong-cluster' || answered === 'wrong-cluster') {
      this.#reject('wrong-cluster', source);
      return;
    }
    if (released === undefined && answered === undefined) return;
    if ('counter' in header) this.#sealed?.session.admit(header.sender, header.counter);
    if (answered !== undefined && this.#sealed !== undefined) {
      this.#take(this.#sealed, answered.items, header.sender);
    }
    if (released !== undefined) this.#release(released, header.sender);
  }

  /** Sends what was held for whoever lives at a place. */
  #release({ place, items }: Released<Address, Uint8Array>, receiver: NodeId): void {
    const { book, now, onIntroduced } = this.#life;
    onIntroduced(place, receiver);
    const peer = book.find(place, receiver);
    if (peer !== NOBODY) this.#recent.record(peer, now());
    for (const body of items) this.#sendMessage(place, receiver, body);
  }

  #receiveGone(header: PacketHeader | SealedHeader, source: Address): void {
    const { book, counters, nodeId, now } = this.#life;
    const meant = readGone(this.#reader);
    if (meant === undefined || header.receiver !== nodeId || meant === header.sender) {
      this.#reject('gone-answer', source);
      return;
    }
    // Of a stranger it is believed: what is gone never comes back, so old news is as good.
    const seen = 'counter' in header && this.#sealed?.session.see(header.sender, header.counter);
    if (seen === 'replay' || seen === 'late') {
      this.#reject(seen, source);
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
    if (hello === undefined) return;
    this.#sendHello(address, hello, () => this.#introduction.wake(address, now()));
  }

  /** `wake` says whether it is to be repeated. */
  #sendHello(address: Address, hello: Hello, wake: () => Hello | undefined): void {
    const { counters, timers } = this.#life;
    this.#send(PacketKind.Hello, ANYONE, address, this.#greeting(hello.nonce));
    counters.packetsOut.hello++;
    timers.after(hello.againMs, () => {
      const again = wake();
      this.#countDropped();
      if (again !== undefined) this.#sendHello(address, again, wake);
    });
  }

  #sendMessage(address: Address, receiver: NodeId, body: Uint8Array): void {
    this.#send(PacketKind.Message, receiver, address, body);
    this.#life.counters.packetsOut.message++;
  }

  /** The body of a hello or welcome; valid until the next. */
  #greeting(nonce: number): Uint8Array {
    this.#bodyWriter.clear();
    writeGreeting(this.#bodyWriter, { clusterHash: this.#life.clusterHash, nonce });
    return this.#bodyWriter.view();
  }

  #send(kind: PacketKind, receiver: NodeId, to: Address, body: Uint8Array): void {
    // A welcome speaks for the place that was asked.
    const isClaimed = this.#options.claims && kind !== PacketKind.Welcome;
    const claimed = isClaimed ? this.#life.address : undefined;
    const header = { kind, sender: this.#life.nodeId, receiver, claimed };
    this.#options.outbox.send(this.#packet(header, body), to);
  }

  #packet(header: PacketHeader, body: Uint8Array): Uint8Array {
    const writer = this.#writer;
    if (this.#sealed !== undefined) {
      const { seal, session } = this.#sealed;
      return seal.seal(header, session.nextCounter(), body, writer);
    }
    beginPacket(writer, header);
    writer.bytes(body);
    endPacket(writer, crc32);
    return writer.copy();
  }

  #countDropped(): void {
    for (const held of [this.#introduction, this.#sealed?.challenges]) {
      if (held === undefined) continue;
      this.#life.counters.heldDropped += held.dropped;
      held.dropped = 0;
    }
  }

  #reject(reason: string, source: string): void {
    this.#life.rejections.count(reason, source, this.#life.now());
  }
}
