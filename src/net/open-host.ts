/** Opens the sockets of a host and starts its first life. */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Keyring } from '../blocks/security/keyring.ts';
import type { RouteBook } from '../blocks/peers/book.ts';
import {
  ADDRESS_BYTES,
  PACKET_BYTES_MAX,
  UsageError,
  type Address,
  type Codec,
  type Design,
  type LogRecord,
  type Membership,
  type Protocol,
} from '../core/index.ts';
import { formatAddress, ipOf, isLoopback, portOf, streamed } from '../wire/index.ts';
import { hashCluster } from './entropy.ts';
import { Impairments } from './impairments.ts';
import { NetHost } from './net-host.ts';
import { keyringOf, type SecretKey } from './secret.ts';
import { shareOf } from './share.ts';
import { closeSockets, openSockets, type Bind, type Transport } from './sockets.ts';

/** What is known of a host's place before its node is made. */
export interface Place {
  /** Advertised, with the real port. */
  readonly address: Address;
  /** What a design should pack: 1360 B, 19 less where the advertised address must travel. */
  readonly packetBytesMax: number;
}

export interface OpenHostOptions<C, M, E, S, P extends Protocol<M, E> & Membership> {
  readonly design: Design<C, M, E, S, P>;
  /** The configuration of each life, made when the place is known. */
  readonly config: (place: Place) => C;
  /** The cluster's name: nodes of other names are turned away. */
  readonly cluster: string;
  /** Where to listen: one place, or one of each IP family. Port 0: any that is free for all. */
  readonly bind: Bind | readonly Bind[];
  /** `tcp`: packets go by stream, from and to this node, for want of UDP. Default `udp`. */
  readonly transport?: Transport;
  /**
   * Where others reach this node; then that travels in every packet, whatever its source looks like
   * to them. Default: the first bind, under 0.0.0.0 a real interface.
   */
  readonly advertise?: { readonly ip: string; readonly port?: number };
  /** Encrypts: the base64 of 32 bytes, or several, of which the first seals and all open. */
  readonly secret?: string | readonly string[];
  /** Instead of `secret`: a ring that outlives this host. */
  readonly keyring?: Keyring<SecretKey>;
  /** Allows listening beyond loopback without a secret; default false. */
  readonly insecure?: boolean;
  /** Seed of the protocol's own random stream; default: drawn. NodeIds are always drawn. */
  readonly seed?: number;
  /** What earlier lives saved; asked at the start of each life. */
  readonly saved?: () => Iterable<LogRecord>;
  /**
   * Takes each record before the sends of its handler leave; `durable`: on disk by then. What it
   * throws stops the node, and nothing of that handler leaves.
   */
  readonly log?: (record: LogRecord, durable: boolean) => void;
  /** What its network is made to suffer; default: nothing. */
  readonly impairments?: Impairments;
  /** Runs when the sockets are closed, before `stop` resolves. */
  readonly onClosed?: () => Promise<void>;
  /** What nodes share; default: what all nodes of the design in this process share. */
  readonly shared?: {
    readonly book: RouteBook;
    readonly shared: S;
    readonly codec: Codec<M>;
  };
}

/**
 * A running node on real sockets. Its first events are told in the next turn of the loop, so that
 * the caller can listen.
 *
 * Throws BAD_OPTION, BAD_SECRET, NOT_LOOPBACK, PORT_IN_USE or ADDRESS_UNAVAILABLE, and what
 * `create` throws.
 */
export async function openHost<C, M, E, S, P extends Protocol<M, E> & Membership>(
  options: OpenHostOptions<C, M, E, S, P>,
): Promise<NetHost<P, M, E>> {
  const { config, design, saved, transport = 'udp' } = options;
  const binds = [options.bind].flat();
  const keyring =
    options.keyring ?? (options.secret === undefined ? undefined : keyringOf(options.secret));
  check(options.cluster, binds, options.insecure === true || keyring !== undefined);
  const { book, codec, shared } = options.shared ?? shareOf(design);
  const sockets = await openSockets(binds.map(canonical), transport);
  try {
    const place = placeOf(transport, sockets.places, options.advertise);
    return new NetHost<P, M, E>({
      ...place,
      book,
      codec,
      keyring,
      sockets,
      clusterHash: hashCluster(options.cluster),
      create: () => design.create(config(place), shared, saved?.()),
      bury: (protocol) => design.bury?.(protocol),
      impairments: options.impairments ?? new Impairments(),
      log: options.log,
      onClosed: options.onClosed,
      seed: options.seed,
    });
  } catch (error) {
    await closeSockets(sockets);
    throw error;
  }
}

function check(cluster: string, binds: readonly Bind[], mayBeOpen: boolean): void {
  if (cluster === '') throw new UsageError('BAD_OPTION', 'cluster: give it a name');
  for (const { ip, port } of binds) {
    if (isIP(ip) === 0) {
      throw new UsageError('BAD_OPTION', `bind: "${ip}" is no IP address; resolve names first`);
    }
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new UsageError('BAD_OPTION', `bind: port ${port} is not within 0 to 65535`);
    }
    if (!isLoopback(ip) && !mayBeOpen) {
      throw new UsageError(
        'NOT_LOOPBACK',
        `anyone who reaches ${ip} could join: give a secret, bind 127.0.0.1, or say insecure: true`,
      );
    }
  }
  const families = new Set(binds.map(({ ip }) => isIP(ipv4Of(ip))));
  if (binds.length === 0 || families.size < binds.length) {
    throw new UsageError('BAD_OPTION', 'bind: give one place, or one of each IP family');
  }
}

/** `::ffff:1.2.3.4` is 1.2.3.4. */
function canonical({ ip, port }: Bind): Bind {
  return { ip: ipv4Of(ip), port };
}

function ipv4Of(ip: string): string {
  const address = formatAddress(ip, 1);
  return address === undefined ? ip : ipOf(address);
}

function placeOf(
  transport: Transport,
  places: readonly Address[],
  advertise: { readonly ip: string; readonly port?: number } | undefined,
): Place & { readonly claims: boolean } {
  const [first = ''] = places;
  const ip = advertise?.ip ?? reachableIp(ipOf(first));
  const place = formatAddress(ip, advertise?.port ?? portOf(first));
  if (place === undefined) {
    throw new UsageError('BAD_OPTION', `advertise: ${ip} is no IP address, or its port is wrong`);
  }
  if (transport === 'tcp') {
    // A stream's open names the address, so no packet must.
    return { address: streamed(place), claims: false, packetBytesMax: PACKET_BYTES_MAX };
  }
  const claims = advertise !== undefined || places.some((own) => own !== place);
  const packetBytesMax = PACKET_BYTES_MAX - (claims ? ADDRESS_BYTES : 0);
  return { address: place, claims, packetBytesMax };
}

/** Under a wildcard the first interface that others can see, else loopback. */
function reachableIp(ip: string): string {
  if (ip !== '0.0.0.0' && ip !== '::') return ip;
  const family = ip === '::' ? 'IPv6' : 'IPv4';
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outer = all.find(
    (one) => one.family === family && !one.internal && !one.address.startsWith('fe80:'),
  );
  return outer?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1');
}
