/**
 * Broken packets and frames against an encrypted node, by the million. Its sockets are real, and
 * what they seem to receive is handed to them in the process, so that nothing else sets the pace.
 *
 * Who does it has seen all that goes to the node, and has no key. A member that has one goes on
 * talking to it meanwhile.
 */
import type { Socket as UdpSocket } from 'node:dgram';
import type { Server } from 'node:net';
import { Duplex } from 'node:stream';
import { Keyring } from '../../src/blocks/security/keyring.ts';
import { Xoshiro128 } from '../../src/core/index.ts';
import { hearsay, hearsayConfig } from '../../src/designs/hearsay/index.ts';
import { drawSecret, hashCluster, openHost, parseSecret, shareOf } from '../../src/net/index.ts';
import { Impairments } from '../../src/net/impairments.ts';
import { NetHost } from '../../src/net/net-host.ts';
import { openSockets, type Sockets } from '../../src/net/sockets.ts';
import { StreamFrames } from '../../src/net/stream-frames.ts';
import { encodeOpen, FrameKind, portOf } from '../../src/wire/index.ts';

export interface FloodOptions {
  readonly packets: number;
  /** Each on a connection of its own. */
  readonly frames: number;
  readonly seed: number;
  /** Called now and then with what is done. */
  readonly onProgress?: (done: number) => void;
}

export interface FloodResult {
  readonly packetsPerSecond: number;
  readonly framesPerSecond: number;
  /** By reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Messages that the node took, and those that its peer sent it: never fewer. */
  readonly taken: number;
  readonly sentByPeer: number;
  /** What the node told, rejections left out. */
  readonly told: readonly string[];
  /** Of its view. */
  readonly isUnchanged: boolean;
  /** By how many the routes in the book became more; streams pin a few. */
  readonly routesMore: number;
  /** By which the heap grew after the first tenth, in MB; needs --expose-gc. */
  readonly heapGrowthMegabytes: number;
}

const CLUSTER = 'flood';
/** As many as a busy host reads between two turns of the loop. */
const PER_TURN = 512;
/** Connections at once: below what is allowed of one IP. */
const CONNECTIONS = 32;

export async function flood(options: FloodOptions): Promise<FloodResult> {
  const random = new Xoshiro128(options.seed, 'flood');
  const node = await Target.open();
  const seen = await node.record();
  await node.flood(options.packets / 10, (i) => mutate(seen, i, random));
  const before = node.state;
  const { routes } = node.host.book.stats;
  const heap = heapMegabytes();
  const begun = performance.now();
  await node.flood(options.packets, (i) => mutate(seen, i, random), options.onProgress);
  const packetsMs = performance.now() - begun;
  await node.dialBroken(options.frames, random, (done) => {
    options.onProgress?.(options.packets + done);
  });
  const framesMs = performance.now() - begun - packetsMs;
  const result = {
    packetsPerSecond: options.packets / (packetsMs / 1000),
    framesPerSecond: options.frames / (framesMs / 1000),
    rejected: { ...node.host.counters.rejected },
    taken: node.host.counters.packetsIn.message,
    sentByPeer: node.peer.counters.packetsOut.message,
    told: node.told,
    isUnchanged: node.state === before,
    routesMore: node.host.book.stats.routes - routes,
    heapGrowthMegabytes: heapMegabytes() - heap,
  };
  await node.close();
  return result;
}

type Host = Awaited<ReturnType<typeof openPeer>>;

async function openPeer(seed: string, secret: string) {
  return openHost({
    design: hearsay,
    config: () => hearsayConfig({ name: 'peer', seeds: [seed] }),
    cluster: CLUSTER,
    bind: { ip: '127.0.0.1', port: 0 },
    secret,
  });
}

/** The node, its peer, and what the attacker can do to it. */
class Target {
  readonly told: string[] = [];
  readonly host: Host;
  readonly peer: Host;
  readonly udp: UdpSocket;
  readonly tcp: Server;
  readonly secret: string;

  private constructor(host: Host, peer: Host, { udp, tcp }: Sockets, secret: string) {
    this.host = host;
    this.peer = peer;
    this.udp = udp[0]!;
    this.tcp = tcp[0]!;
    this.secret = secret;
    host.on((event) => {
      if (event.type !== 'rejected') this.told.push(event.type);
    });
  }

  static async open(): Promise<Target> {
    const secret = drawSecret();
    const sockets = await openSockets([{ ip: '127.0.0.1', port: 0 }], 'udp');
    const { book, codec, shared } = shareOf(hearsay);
    const address = sockets.places[0]!;
    const host: Host = new NetHost({
      address,
      book,
      claims: false,
      codec,
      sockets,
      clusterHash: hashCluster(CLUSTER),
      create: () => hearsay.create(hearsayConfig({ name: 'target' }), shared),
      bury: () => {},
      impairments: new Impairments(),
      keyring: new Keyring([parseSecret(secret)]),
      log: undefined,
      onClosed: undefined,
      seed: 1,
    });
    const peer = await openPeer(address, secret);
    while (host.protocol.live < 2 || peer.protocol.live < 2) await turn();
    return new Target(host, peer, sockets, secret);
  }

  /** What must not change. */
  get state(): string {
    const { protocol } = this.host;
    return JSON.stringify([protocol.live, protocol.checksum()]);
  }

  /** What its peer sends it for a while, and answers to hellos, as somebody on the way sees it. */
  async record(): Promise<Uint8Array[]> {
    const seen: Uint8Array[] = [];
    const listener = (data: Uint8Array): void => void seen.push(Uint8Array.from(data));
    this.udp.on('message', listener);
    while (seen.length < 4) await turn();
    this.udp.off('message', listener);
    return seen;
  }

  async flood(
    count: number,
    make: (i: number) => Uint8Array,
    onProgress?: (done: number) => void,
  ): Promise<void> {
    const from = { address: '127.0.0.1', port: portOf(this.peer.address), family: 'IPv4', size: 0 };
    for (let i = 0; i < count; i++) {
      this.udp.emit('message', make(i), from);
      if (i % PER_TURN !== 0) continue;
      await turn();
      onProgress?.(i);
    }
  }

  async dialBroken(
    count: number,
    random: Xoshiro128,
    onProgress: (done: number) => void,
  ): Promise<void> {
    for (let done = 0; done < count; done += CONNECTIONS) {
      const few = Math.min(CONNECTIONS, count - done);
      await Promise.all(Array.from({ length: few }, async () => this.#dialBroken(random)));
      onProgress(done);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.host.stop(), this.peer.stop()]);
  }

  /** One connection of the peer's, of which the attacker breaks one of the first three frames. */
  async #dialBroken(random: Xoshiro128): Promise<void> {
    const broken = random.below(3);
    const socket = new Pipe();
    const { nodeId: sender, address } = this.peer;
    const keyring = new Keyring([parseSecret(this.secret)]);
    let count = 0;
    const frames = new StreamFrames(keyring, true, (bytes) => {
      if (count === broken) socket.push(breakBytes(bytes, random));
      else if (count < broken) socket.push(bytes);
      count++;
    });
    socket.onWritten = (bytes) => {
      frames.push(bytes);
      while (frames.next() !== undefined);
    };
    const open = { lane: 'control', sender, receiver: this.host.nodeId, address } as const;
    frames.write(
      FrameKind.Open,
      encodeOpen({ ...open, clusterHash: hashCluster(CLUSTER) }, frames.keyId),
    );
    frames.write(FrameKind.Message, Uint8Array.of(1, 2, 3));
    const closed = new Promise<void>((resolve) => void socket.once('close', resolve));
    this.tcp.emit('connection', socket);
    // Whoever waits for bytes that a larger length announced would wait for ten seconds.
    const impatience = setTimeout(() => socket.destroy(), 20);
    await closed;
    clearTimeout(impatience);
  }
}

/** As much of a TCP socket as a connection needs. */
class Pipe extends Duplex {
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 9;
  onWritten: (bytes: Uint8Array) => void = () => {};

  setNoDelay(): this {
    return this;
  }

  override _read(): void {}

  override _write(bytes: Uint8Array, _encoding: string, done: () => void): void {
    setImmediate(() => this.onWritten(bytes)); // A real socket never answers within the call.
    done();
  }

  override _final(done: () => void): void {
    done();
    this.destroy();
  }
}

function mutate(seen: readonly Uint8Array[], i: number, random: Xoshiro128): Uint8Array {
  const base = seen[i % seen.length]!;
  switch (random.below(8)) {
    case 0:
      return Uint8Array.from({ length: random.below(100) }, () => random.below(256));
    case 1:
      return base.slice(0, random.below(base.length));
    case 2: {
      const longer = new Uint8Array(base.length + 1 + random.below(64));
      longer.set(base);
      return longer;
    }
    case 3: {
      const other = seen[random.below(seen.length)]!;
      const spliced = base.slice();
      const at = random.below(base.length);
      spliced.set(other.subarray(at, Math.min(other.length, base.length)), at);
      return spliced;
    }
    default:
      return breakBytes(base, random);
  }
}

/** One to four bytes are others. */
function breakBytes(bytes: Uint8Array, random: Xoshiro128): Uint8Array {
  const broken = Uint8Array.from(bytes);
  for (let i = random.below(4); i >= 0; i--) {
    broken[random.below(broken.length)]! ^= 1 + random.below(255);
  }
  return broken;
}

async function turn(): Promise<void> {
  await new Promise((resolve) => void setImmediate(resolve));
}

function heapMegabytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
