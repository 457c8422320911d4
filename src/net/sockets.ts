/**
 * One UDP and one TCP socket on the same port.
 *
 * Both are opened exclusively: a shared or inherited listener would accept for a dead process, and
 * refusal is evidence in failure detection.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, isIPv6, type Server } from 'node:net';
import { HearsayError } from '../core/index.ts';

/** A burst from hundreds of peers must fit; Linux cuts it to `net.core.rmem_max`. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Attempts to find a port that is free for both; any one fails only if something else has it. */
const ATTEMPTS_MAX = 32;

export interface Sockets {
  readonly udp: UdpSocket;
  readonly tcp: Server;
  /** The real port. */
  readonly port: number;
}

/** Port 0: any that is free for both. Throws PORT_IN_USE or ADDRESS_UNAVAILABLE. */
export async function openSockets(ip: string, port: number): Promise<Sockets> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await open(ip, port);
    } catch (error) {
      if (port === 0 && codeOf(error) === 'EADDRINUSE' && attempt < ATTEMPTS_MAX) continue;
      throw explain(error, ip, port);
    }
  }
}

/** The system's code of an error, such as `ECONNREFUSED`; '' if there is none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

async function open(ip: string, port: number): Promise<Sockets> {
  const udp = await openUdp(ip, port);
  const bound = udp.address().port;
  try {
    return { udp, tcp: await openTcp(ip, bound), port: bound };
  } catch (error) {
    udp.close();
    throw error;
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

function explain(error: unknown, ip: string, port: number): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new HearsayError(
        'PORT_IN_USE',
        `${ip}:${port} is in use by another process (UDP or TCP): choose another port, or 0`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
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
