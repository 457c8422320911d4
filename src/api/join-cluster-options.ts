import type { HearsayConfig, Preset, Tags } from '../designs/hearsay/index.ts';
import type { Logger } from './logger.ts';
import type { AbortSignalLike } from './platform.ts';

/** Of gossip agents since Serf. */
export const PORT_DEFAULT = 7946;

/** What can be tuned on top of a preset. */
export type Tuning = Partial<
  Omit<HearsayConfig, 'name' | 'tags' | 'seeds' | 'awaitsSeeds' | 'streams' | 'packetBytesMax'>
>;

export interface JoinClusterOptions {
  /** Unique in the cluster, 1 to 128 bytes. */
  readonly name: string;
  /** Nodes of different clusters never merge. Default `default`. */
  readonly cluster?: string | undefined;
  /**
   * IP address and port to listen on, UDP and TCP; port 0: any. One of each family for both IPv4
   * and IPv6. Default `127.0.0.1:7946`.
   */
  readonly bind?: string | readonly string[] | undefined;
  /**
   * What others are told to reach this node by, where that is not `bind` (NAT, containers): an IP
   * address or host name, and port.
   */
  readonly advertise?: string | undefined;
  /** `tcp`: no UDP, where networks block it: packets go by TCP instead. Default `udp`. */
  readonly transport?: 'udp' | 'tcp' | undefined;
  /**
   * `host:port`, `[v6]:port`, host names, `srv:_gossip._tcp.example` or `file:/path`; port 7946 if
   * none is given. Names are asked again, while it joins and later. None: a new cluster.
   */
  readonly seeds?: readonly string[] | undefined;
  /** Name servers (`ip:port`) to ask instead of the system's. */
  readonly dns?: readonly string[] | undefined;
  /** How often names are asked again once it has joined, in milliseconds. Default 30,000. */
  readonly resolveIntervalMs?: number | undefined;
  /** What all members see of this one: at most 1 MiB, of which 512 bytes travel fastest. */
  readonly tags?: Tags | undefined;
  /** Default `lan`. */
  readonly preset?: Preset | undefined;
  /** Single figures in the place of the preset's. */
  readonly tuning?: Tuning | undefined;
  /**
   * A directory of this node's own, for what it must know after a restart: its life, where others
   * live, its state, the shared map. Made if need be. None: every start is the first.
   */
  readonly dataDir?: string | undefined;
  /** Milliseconds. Default 10,000. */
  readonly joinTimeoutMs?: number | undefined;
  /** Go on until a seed answers. Default false. */
  readonly retry?: boolean | undefined;
  /** Gives up joining; does nothing afterwards. */
  readonly signal?: AbortSignalLike | undefined;
  /** Pino or `console`. Default: silence. */
  readonly logger?: Logger | undefined;
  /**
   * Encrypts everything: the base64 of 32 random bytes, as `hearsay keygen` prints it; or several,
   * of which the first encrypts and all decrypt.
   */
  readonly secret?: string | readonly string[] | undefined;
  /** Listen beyond loopback without encryption. Default false. */
  readonly insecure?: boolean | undefined;
}
