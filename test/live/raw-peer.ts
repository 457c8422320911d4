/** The other end of a live host, frame by frame and byte by byte, for tests. */
import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { Address, NodeId } from '../../src/core/index.ts';
import { hashCluster } from '../../src/net/index.ts';
import {
  decodeOpen,
  encodeFrame,
  encodeOpen,
  FrameDecoder,
  FrameKind,
  ipOf,
  portOf,
  type StreamLane,
  type Frame,
} from '../../src/wire/index.ts';

export const RAW_NODE_ID: NodeId = 'aaaaaaaaaaaaaaaa';

/** A TCP server whose every connection is a test's to script. */
export class RawServer {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  address: Address = '';

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(onSocket: (socket: Socket, count: number) => void): Promise<RawServer> {
    const server = createServer();
    const raw = new RawServer(server);
    server.on('connection', (socket) => {
      socket.on('error', () => {});
      raw.#sockets.push(socket);
      onSocket(socket, raw.#sockets.length);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    raw.address = `127.0.0.1:${(server.address() as { port: number }).port}`;
    return raw;
  }

  get accepted(): number {
    return this.#sockets.length;
  }

  /** Stops listening; what is connected stays. */
  close(): void {
    this.#server.close();
  }

  destroy(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Answers the other side's open with one of its own, then hands over each message. */
export function answerOpen(
  socket: Socket,
  address: Address,
  onMessage: (frame: Frame, count: number) => void = () => {},
): void {
  const decoder = new FrameDecoder();
  let count = 0;
  socket.on('data', (chunk) => {
    decoder.push(chunk);
    for (let frame = decoder.next(); frame; frame = decoder.next()) {
      if (frame.kind === FrameKind.Message) {
        onMessage(frame, ++count);
        continue;
      }
      decoder.bodyMax = 65_536;
      const open = decodeOpen(frame.body);
      if (typeof open === 'string') throw new Error(open);
      socket.write(openFrame(address, open.sender, open.lane));
    }
  });
}

export function openFrame(
  address: Address,
  receiver: NodeId,
  lane: StreamLane = 'control',
): Uint8Array {
  const clusterHash = hashCluster('test');
  const open = { lane, sender: RAW_NODE_ID, receiver, clusterHash, address };
  return encodeFrame(FrameKind.Open, encodeOpen(open));
}

/** A connection to a host that has said nothing yet. */
export async function dial(address: Address): Promise<Socket> {
  const socket = connect({ host: ipOf(address), port: portOf(address) });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}
