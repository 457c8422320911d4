import type { HearsayConfig, Preset, Tags } from '../designs/hearsay/index.ts';
import type { Logger } from './logger.ts';
import type { AbortSignalLike } from './platform.ts';

/** Of gossip agents since Serf. */
export const PORT_DEFAULT = 7946;

/** What can be tuned on top of a preset. */
export type Tuning = Partial<
  Omit<HearsayConfig, 'name' | 'tags' | 'seeds' | 'streams' | 'packetBytesMax'>
>;

export interface JoinClusterOptions {
  /** Unique in the cluster, 1 to 128 bytes. */
  readonly name: string;
  /** Nodes of different clusters never merge. Default `default`. */
  readonly cluster?: string | undefined;
  /** IP address and port to listen on, UDP and TCP; port 0: any. Default `127.0.0.1:7946`. */
  readonly bind?: string | undefined;
  /** What others are told to reach this node by, where that is not `bind` (NAT, containers). */
  readonly advertise?: string | undefined;
  /** `host:port`, `[v6]:port` or host names; port 7946 if none is given. None: a new cluster. */
  readonly seeds?: readonly string[] | undefined;
  /** What all members see of this one: at most 512 bytes. */
  readonly tags?: Tags | undefined;
  /** Default `lan`. */
  readonly preset?: Preset | undefined;
  readonly tuning?: Tuning | undefined;
  /** Milliseconds. Default 10,000. */
  readonly joinTimeoutMs?: number | undefined;
  /** Go on until a seed answers. Default false. */
  readonly retry?: boolean | undefined;
  /** Gives up joining; does nothing afterwards. */
  readonly signal?: AbortSignalLike | undefined;
  /** Pino or `console`. Default: silence. */
  readonly logger?: Logger | undefined;
  /** Listen beyond loopback without encryption. Default false. */
  readonly insecure?: boolean | undefined;
}
