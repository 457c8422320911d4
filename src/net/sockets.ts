/**
 * UDP and TCP sockets on the same port: a pair for each IP family, or TCP alone.
 *
 * All are opened exclusively: a shared or inherited listener would accept for a dead process, and
 * refusal is evidence in failure detection.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, isIPv6, type Server } from 'node:net';
import { HearsayError, type Address } from '../core/index.ts';
import { formatAddress } from '../wire/index.ts';

/** A burst from hundreds of peers must fit; Linux cuts it to `net.core.rmem_max`. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Attempts to find a port that is free for all; any one fails only if something else has it. */
const ATTEMPTS_MAX = 32;

/** Where to listen. Port 0: any that is free. */
export interface Bind {
  readonly ip: string;
  readonly port: number;
}

/** `tcp`: no UDP at all, for networks that block it. */
export type Transport = 'udp' | 'tcp';

export interface Sockets {
  /** One of a family at most; none where the transport is TCP. */
  readonly udp: readonly UdpSocket[];
  readonly tcp: readonly Server[];
  /** Where they listen, with real ports, in the order of the binds. */
  readonly places: readonly Address[];
}

/**
 * Binds with port 0 get the same port, any that is free for all of them. Throws PORT_IN_USE or
 * ADDRESS_UNAVAILABLE.
 */
export async function openSockets(
  binds: readonly Bind[],
  transport: Transport = 'udp',
): Promise<Sockets> {
  for (let attempt = 1; ; attempt++) {
    const open = new Opening(transport);
    try {
      return await open.all(binds);
    } catch (error) {
      await open.close();
      const mayRepeat = binds.some(({ port }) => port === 0);
      if (mayRepeat && codeOf(error) === 'EADDRINUSE' && attempt < ATTEMPTS_MAX) continue;
      throw explain(error, open.at);
    }
  }
}

/** Closes them; resolves when their ports are free. */
export async function closeSockets({ tcp, udp }: Pick<Sockets, 'tcp' | 'udp'>): Promise<void> {
  await Promise.all(
    [...tcp, ...udp].map(
      async (socket) =>
        new Promise<void>((resolve) => {
          socket.close(() => resolve());
        }),
    ),
  );
}

/** The system's code of an error, such as `ECONNREFUSED`; '' if there is none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/**
 * Errors of an open socket after which it goes on: want of descriptors or buffers, a caller that
 * was gone before it was accepted, an answer to a datagram of ours.
 */
const PASSING: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Whether an open socket is still good after this error. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(codeOf(error));
}

/** One attempt: what it has opened so far. */
class Opening {
  /** What is being opened. */
  at: Bind = { ip: '', port: 0 };
  readonly #transport: Transport;
  readonly #udp: UdpSocket[] = [];
  readonly #tcp: Server[] = [];

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async all(binds: readonly Bind[]): Promise<Sockets> {
    const places: Address[] = [];
    let free = 0;
    for (const bind of binds) {
      this.at = bind;
      const port = await this.#open(bind.ip, bind.port === 0 ? free : bind.port);
      if (bind.port === 0) free = port;
      places.push(formatAddress(bind.ip, port) ?? '');
    }
    return { udp: this.#udp, tcp: this.#tcp, places };
  }

  async close(): Promise<void> {
    await closeSockets({ udp: this.#udp, tcp: this.#tcp });
  }

  /** The real port. */
  async #open(ip: string, port: number): Promise<number> {
    let real = port;
    if (this.#transport === 'udp') {
      const udp = await openUdp(ip, port);
      this.#udp.push(udp);
      real = udp.address().port;
    }
    const tcp = await openTcp(ip, real);
    this.#tcp.push(tcp);
    const bound = tcp.address();
    return bound === null || typeof bound === 'string' ? real : bound.port;
  }
}

async function openUdp(ip: string, port: number): Promise<UdpSocket> {
  const family = isIPv6(ip) ? 6 : 4;
  const udp = createSocket({
    type: `udp${family}`,
    ipv6Only: family === 6,
    recvBufferSize: RECEIVE_BUFFER_BYTES,
    // Only IP addresses are ever sent to: no resolver, and no turn of the loop, in between.
    lookup: (host, _options, done) => done(null, host, family),
  });
  return new Promise((resolve, reject) => {
    udp.once('error', reject);
    udp.bind({ address: ip, port, exclusive: true }, () => {
      udp.off('error', reject);
      resolve(udp);
    });
  });
}

async function openTcp(ip: string, port: number): Promise<Server> {
  const tcp = createServer({ noDelay: true });
  return new Promise((resolve, reject) => {
    tcp.once('error', reject);
    tcp.listen({ host: ip, port, exclusive: true, ipv6Only: isIPv6(ip) }, () => {
      tcp.off('error', reject);
      resolve(tcp);
    });
  });
}

function explain(error: unknown, { ip, port }: Bind): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new HearsayError(
        'PORT_IN_USE',
        `${ip}:${port} is in use by another process (UDP or TCP): choose another port, or 0`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT': // No IPv6 in this kernel.
    case 'ENOTFOUND':
      return new HearsayError(
        'ADDRESS_UNAVAILABLE',
        `this machine has no address ${ip}: bind one it has, or 0.0.0.0 and advertise another`,
        { cause: error },
      );
    case 'EACCES':
      return new HearsayError(
        'ADDRESS_UNAVAILABLE',
        `no permission to listen on port ${port}: choose one above 1023`,
        { cause: error },
      );
    default:
      return error;
  }
}
