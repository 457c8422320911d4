/**
 * The streams of one life: which connection carries which send.
 *
 * One connection per (route, lane). An answer goes out on the connection that last brought a
 * message from that route, else on the one there is, else on a new one. Connections are bounded;
 * at the bound the one that was idle longest gives way, and if none is idle, a new dial is `local`
 * and a newcomer is turned away.
 *
 * Where there is no UDP, packets ride streams of a lane of their own, with the same promise: what
 * finds no room is dropped, and of its failures only `gone` is told.
 */
import { connect, type Socket } from 'node:net';
import type { Address, NodeId, Peer, Why } from '../core/index.ts';
import { formatAddress, ipOf, portOf, type Open, type StreamLane } from '../wire/index.ts';
import { Connection, type ConnectionEvents } from './connection.ts';
import type { Life } from './life.ts';
import type { Send } from './pending-sends.ts';

/** A dial to a machine that drops everything ends after this. */
const DIAL_MS = 5_000;

/** Files this life may hold open; the usual limit of a process is 1,024. */
const CONNECTIONS_MAX = 512;

/** Accepted connections that have not said who they are; the oldest gives way. */
const UNKNOWN_MAX = 128;

/** The same from one IP: a source that floods crowds out itself, and all others have the rest. */
const UNKNOWN_PER_IP_MAX = 64;

/** What the end of a life may still take to flush its streams. */
const CLOSE_MS = 1_000;

const CHECK_EVERY_MS = 1_000;

/** Streams that carry packets; the idlest gives way. Of all members that is enough to gossip to. */
const PACKET_STREAMS_MAX = 64;

/** What may wait in one of them: beyond this a packet is late rather than lost. */
const PACKET_QUEUE_BYTES_MAX = 64 * 1024;

/** A send that cannot be unreliable: 0 is the token of packets. */
const NO_TOKEN = 0;

export interface StreamsOptions {
  /** The other side has shown that this life lives: it is in our cluster, and has our key. */
  readonly onOpened: (nodeId: NodeId) => void;
  /** The body stays as it is. */
  readonly onMessage: (from: Peer, body: Uint8Array) => void;
  /** Called once for each send that failed, never from inside `send`. */
  readonly onFailed: (send: Send, why: Why) => void;
}

export class Streams implements ConnectionEvents {
  readonly #life: Life;
  readonly #options: StreamsOptions;
  readonly #connections = new Set<Connection>();
  readonly #routes: Readonly<Record<StreamLane, Map<Peer, Connection>>> = {
    control: new Map(),
    bulk: new Map(),
    packets: new Map(),
  };
  /** The routes of each connection, pinned in the book: as dialled, and as opened. */
  readonly #peers = new Map<Connection, Peer[]>();
  #isChecking = false;
  #isClosed = false;
  #onEmpty: (() => void) | undefined;

  constructor(life: Life, options: StreamsOptions) {
    this.#life = life;
    this.#options = options;
  }

  get count(): number {
    return this.#connections.size;
  }

  /** Sends a body, which must not change any more. */
  send(send: Send): void {
    this.#life.book.pin(send.peer);
    this.#place(send);
  }

  /** Sends what would be a packet; the body must not change any more. */
  sendPacket(peer: Peer, body: Uint8Array): void {
    const { book, counters } = this.#life;
    const known = this.#routes.packets.get(peer);
    if (known?.isUsable === true && known.queuedBytes + body.length > PACKET_QUEUE_BYTES_MAX) {
      counters.packetsDropped++;
      return;
    }
    counters.packetsStreamed++;
    book.pin(peer);
    this.#place({ peer, token: NO_TOKEN, lane: 'packets', body, isRepeat: false });
  }

  /** Takes a socket that was accepted. */
  accept(socket: Socket): void {
    const { counters, impairments, now, rejections } = this.#life;
    const source = formatAddress(socket.remoteAddress ?? '', socket.remotePort ?? 0) ?? 'closed';
    if (impairments.streamCut('in', source) !== undefined) {
      socket.on('error', () => socket.destroy());
      socket.destroy();
      return;
    }
    counters.inputs++;
    counters.accepts++;
    this.#dropUnknown(ipOf(source));
    if (!this.#makeRoom()) {
      rejections.count('connections', source, now());
      socket.on('error', () => socket.destroy());
      socket.destroy();
      return;
    }
    this.#add(new Connection(this.#life, socket, this, source));
  }

  /** Ends all connections with their life; resolves when they are closed, soon in any case. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const connection of this.#connections) connection.abandon();
    if (this.#connections.size === 0) return;
    const closed = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    const timeout = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy('local');
    }, CLOSE_MS);
    await closed;
    clearTimeout(timeout);
  }

  /** Closes what is under a key that is gone. */
  dropKey(fingerprint: string): void {
    for (const connection of this.#connections) {
      if (connection.keyFingerprint === fingerprint) connection.drop();
    }
  }

  onOpen(connection: Connection, open: Open): void {
    const { book } = this.#life;
    if (connection.isDialled) this.#meet(connection, open);
    this.#options.onOpened(open.sender);
    book.begin();
    this.#route(connection, book.peer(open.address, open.sender));
    book.sweep();
    if (connection.lane === 'packets') this.#trimPacketStreams(connection);
  }

  #meet({ source }: Connection, open: Open): void {
    const { detours, onIntroduced, streamWatch } = this.#life;
    streamWatch.opened();
    detours.learn(open.address, source);
    // Whether anyone or this life was asked for: it is who lives there.
    if (source !== open.address) onIntroduced(source, open.sender);
  }

  onMessage(connection: Connection, body: Uint8Array): void {
    const from = this.#peers.get(connection)?.at(-1);
    if (from === undefined || connection.lane === undefined) return;
    if (this.#isCut(connection, this.#life.book.addressOf(from))) return;
    this.#routes[connection.lane].set(from, connection);
    this.#options.onMessage(from, body);
  }

  onSettled(send: Send, why: Why | undefined): void {
    if (why === undefined || this.#isClosed) this.#life.book.forget(send.peer);
    else this.#fail(send, why);
  }

  onRepeat(send: Send): void {
    if (this.#isClosed) this.#life.book.forget(send.peer);
    else this.#place({ ...send, isRepeat: true });
  }

  onClosed(connection: Connection): void {
    this.#connections.delete(connection);
    const { lane } = connection;
    for (const peer of this.#peers.get(connection) ?? []) {
      this.#life.book.forget(peer);
      if (lane === undefined || this.#routes[lane].get(peer) !== connection) continue;
      this.#routes[lane].delete(peer);
    }
    this.#peers.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }

  #place(send: Send): void {
    const known = this.#routes[send.lane].get(send.peer);
    if (this.#cutOff(send, known)) return;
    const connection = known?.isUsable ? known : this.#dial(send);
    if (connection?.send(send)) return;
    setImmediate(() => {
      if (this.#isClosed) this.#life.book.forget(send.peer);
      else this.#fail(send, 'local');
    });
  }

  /** Whether an impairment keeps this send from leaving; it breaks what was open. */
  #cutOff(send: Send, known: Connection | undefined): boolean {
    const { book, impairments } = this.#life;
    if (!impairments.isOn) return false;
    const direction = known?.isUsable === true && !known.isDialled ? 'in' : 'out';
    const cut = impairments.streamCut(direction, book.addressOf(send.peer));
    if (cut === undefined) return false;
    known?.destroy('lost');
    const why = cut === 'reject' ? 'refused' : 'lost';
    setTimeout(
      () => {
        if (this.#isClosed) book.forget(send.peer);
        else this.#fail(send, why);
      },
      cut === 'reject' ? 0 : DIAL_MS,
    ).unref();
    return true;
  }

  /** Whether an impairment keeps off what comes from there; it breaks the connection. */
  #isCut(connection: Connection, from: Address): boolean {
    const { impairments } = this.#life;
    if (!impairments.isOn) return false;
    const cut = impairments.streamCut(connection.isDialled ? 'out' : 'in', from);
    if (cut === undefined) return false;
    connection.destroy('lost');
    return true;
  }

  #fail(send: Send, why: Why): void {
    if (why === 'refused' || why === 'lost') {
      this.#life.streamWatch.failed(this.#life.book.addressOf(send.peer));
    }
    if (send.lane !== 'packets' || why === 'gone') {
      this.#life.counters.failures[why]++;
      this.#options.onFailed(send, why);
    }
    this.#life.book.forget(send.peer);
  }

  #dial(send: Send): Connection | undefined {
    if (!this.#makeRoom()) return undefined;
    const { book, counters, timers } = this.#life;
    const address = book.addressOf(send.peer);
    const nodeId = book.nodeIdOf(send.peer);
    const way = this.#life.detours.to(address) ?? address; // Perhaps the system knows one.
    const socket = connect({ host: ipOf(way), port: portOf(way) });
    const dialled = { lane: send.lane, nodeId };
    const connection = new Connection(this.#life, socket, this, address, dialled);
    counters.dials++;
    this.#add(connection);
    this.#route(connection, send.peer);
    if (send.lane === 'packets') this.#trimPacketStreams(connection);
    timers.after(DIAL_MS, () => {
      if (connection.isDialling) connection.destroy('lost');
    });
    return connection;
  }

  #add(connection: Connection): void {
    this.#connections.add(connection);
    if (this.#isChecking) return;
    this.#isChecking = true;
    this.#life.timers.after(CHECK_EVERY_MS, () => this.#check());
  }

  /** Sends to this route go to this connection, until a younger one takes its place. */
  #route(connection: Connection, peer: Peer): void {
    const { lane } = connection;
    if (lane === undefined) return;
    const peers = this.#peers.get(connection) ?? [];
    this.#peers.set(connection, peers);
    if (!peers.includes(peer)) {
      this.#life.book.pin(peer);
      peers.push(peer);
    }
    this.#routes[lane].set(peer, connection);
  }

  #check(): void {
    this.#isChecking = false;
    const now = this.#life.now();
    for (const connection of this.#connections) connection.check(now);
    if (this.#connections.size === 0) return;
    this.#isChecking = true;
    this.#life.timers.after(CHECK_EVERY_MS, () => this.#check());
  }

  /** Makes room for one more unknown connection from an IP. */
  #dropUnknown(ip: string): void {
    // Sets keep the order of adding.
    const unknown = [...this.#connections].filter((connection) => connection.isUnknown);
    const same = unknown.filter((connection) => ipOf(connection.source) === ip);
    const oldest =
      same.length >= UNKNOWN_PER_IP_MAX
        ? same[0]
        : unknown.length >= UNKNOWN_MAX
          ? unknown[0]
          : undefined;
    if (oldest === undefined) return;
    this.#life.rejections.count('unknown', oldest.source, this.#life.now());
    oldest.destroy('lost');
  }

  /** Makes room for this one. */
  #trimPacketStreams(fresh: Connection): void {
    const others = [...this.#connections].filter((one) => one.lane === 'packets' && one !== fresh);
    if (others.length < PACKET_STREAMS_MAX) return;
    const idle = others.filter(({ hasPending }) => !hasPending);
    const among = idle.length > 0 ? idle : others;
    among.reduce((a, b) => (b.activeAt < a.activeAt ? b : a)).destroy('lost');
  }

  /** Whether another connection may be opened, after the longest idle one has made room. */
  #makeRoom(): boolean {
    if (this.#isClosed) return false;
    if (this.#connections.size < CONNECTIONS_MAX) return true;
    let idlest: Connection | undefined;
    for (const connection of this.#connections) {
      if (!connection.isOpen || connection.hasPending) continue;
      if (idlest === undefined || connection.activeAt < idlest.activeAt) idlest = connection;
    }
    idlest?.destroy('lost');
    return idlest !== undefined;
  }
}
