/** Live nodes to attack, and the tools to do it with: loopback only. */
import { createSocket, type Socket } from 'node:dgram';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Address, HostEvent, NodeId } from '../../../src/core/index.ts';
import {
  hearsay,
  hearsayConfig,
  type HearsayEvent,
  type HearsayMessage,
  type HearsayProtocol,
} from '../../../src/designs/hearsay/index.ts';
import { openHost, type NetHost } from '../../../src/net/index.ts';
import {
  beginPacket,
  ByteWriter,
  endPacket,
  ipOf,
  PacketKind,
  portOf,
  type PacketHeader,
} from '../../../src/wire/index.ts';

export const CLUSTER = 'hostile';
export const ATTACKER: NodeId = 'eeeeeeeeeeeeeeee';

export class Victim {
  readonly host: NetHost<HearsayProtocol, HearsayMessage, HearsayEvent>;
  readonly told: (HearsayEvent | HostEvent)[] = [];

  private constructor(host: Victim['host']) {
    this.host = host;
    host.on((event) => this.told.push(event));
  }

  static async open(
    name: string,
    seeds: readonly Address[] = [],
    { ip = '127.0.0.1', ...given }: { readonly ip?: string; readonly secret?: string } = {},
  ): Promise<Victim> {
    const quick = { probeIntervalMs: 200, probeTimeoutMs: 100, exchangeIntervalMs: 1000 };
    const host = await openHost({
      design: hearsay,
      config: ({ packetBytesMax }) => hearsayConfig({ ...quick, name, seeds, packetBytesMax }),
      cluster: CLUSTER,
      bind: { ip, port: 0 },
      ...given,
    });
    return new Victim(host);
  }

  get address(): Address {
    return this.host.address;
  }

  of<T extends (HearsayEvent | HostEvent)['type']>(type: T) {
    return this.told.filter((event): event is Extract<typeof event, { type: T }> => {
      return event.type === type;
    });
  }

  /** Names of the members it takes for alive. */
  get alive(): string[] {
    const members = [...this.host.protocol.all()].filter(({ status }) => status === 'alive');
    return members.map(({ name }) => name).sort();
  }

  get rejected(): number {
    return Object.values(this.host.counters.rejected).reduce((sum, count) => sum + count, 0);
  }
}

/** A UDP socket that says anything to anyone. */
export class Sender {
  readonly #socket: Socket = createSocket('udp4');

  /** Resolves once the system has it. */
  async send(data: Uint8Array, to: Address): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.send(data, portOf(to), ipOf(to), () => resolve());
    });
  }

  /** Many, a few each turn of the loop, as fast as that goes. */
  async flood(count: number, to: Address, make: (i: number) => Uint8Array): Promise<void> {
    for (let i = 0; i < count;) {
      const batch: Promise<void>[] = [];
      for (; i < count && batch.length < 32; i++) batch.push(this.send(make(i), to));
      await Promise.all(batch);
      await turn();
    }
  }

  close(): void {
    this.#socket.close();
  }
}

/** A packet with a good checksum. */
export function packet(body: Uint8Array, header: Partial<PacketHeader>): Uint8Array {
  const to = new ByteWriter();
  const plain = { kind: PacketKind.Message, sender: ATTACKER, receiver: ATTACKER };
  beginPacket(to, { claimed: undefined, ...plain, ...header });
  to.bytes(body);
  endPacket(to);
  return to.copy();
}

/** Resolves when it holds; a test that waits in vain ends by its timeout. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

/** Two nodes that know each other. */
export async function pair(): Promise<[Victim, Victim]> {
  const a = await Victim.open('a');
  const b = await Victim.open('b', [a.address]);
  await until(() => a.alive.length === 2 && b.alive.length === 2);
  return [a, b];
}

export async function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export async function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Megabytes that are really in use. */
export async function heapMegabytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await turn();
  }
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** What keeps this process alive, by kind. */
export function handles(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return {
    sockets: counts['TCPSocketWrap'] ?? 0,
    servers: counts['TCPServerWrap'] ?? 0,
    udp: counts['UDPWrap'] ?? 0,
  };
}
