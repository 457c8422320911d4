/** NAT for tests: one port, UDP and TCP, that leads to another; who is behind it sees the NAT. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../../../src/core/index.ts';
import { formatAddress, ipOf, portOf } from '../../../src/wire/index.ts';

export class Nat {
  /** What the world knows. */
  readonly address: Address;
  /** Where it leads. */
  target: Address;
  readonly #tcp: Server;
  readonly #udp: UdpSocket;
  readonly #sockets = new Set<Socket>();
  /** The NAT's own port towards the inside, for each outside peer. */
  readonly #ways = new Map<string, UdpSocket>();

  private constructor(tcp: Server, udp: UdpSocket, target: Address) {
    this.address = formatAddress('127.0.0.1', udp.address().port) ?? '';
    this.target = target;
    this.#tcp = tcp;
    this.#udp = udp;
    udp.on('message', (data, { address, port }) => this.#forward(data, address, port));
    tcp.on('connection', (outside) => this.#splice(outside));
  }

  static async open(target: Address, ip = '127.0.0.1', port = 0): Promise<Nat> {
    const udp = createSocket('udp4').bind(port, ip);
    await once(udp, 'listening');
    const tcp = createServer().listen(udp.address().port, ip);
    try {
      await once(tcp, 'listening');
    } catch (error) {
      udp.close();
      if (port !== 0) throw error;
      return Nat.open(target, ip); // Somebody dials from that port just now.
    }
    return new Nat(tcp, udp, target);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const way of this.#ways.values()) way.close();
    this.#udp.close();
    await new Promise((resolve) => this.#tcp.close(resolve));
  }

  #forward(data: Uint8Array, ip: string, port: number): void {
    const way = this.#ways.get(`${ip}:${port}`) ?? this.#way(ip, port);
    way.send(data, portOf(this.target), ipOf(this.target));
  }

  #way(ip: string, port: number): UdpSocket {
    const way = createSocket('udp4');
    way.on('message', (data) => this.#udp.send(data, port, ip));
    this.#ways.set(`${ip}:${port}`, way);
    return way;
  }

  #splice(outside: Socket): void {
    const inside = connect(portOf(this.target), ipOf(this.target));
    for (const [one, other] of [
      [outside, inside],
      [inside, outside],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
