import { NAME_BYTES_MAX } from '../../blocks/membership/index.ts';
import type { Streams, Tags } from '../../blocks/membership/index.ts';
import { PACKET_BYTES_MAX, UsageError, type Address } from '../../core/index.ts';
import { textBytes } from '../../wire/index.ts';
import { LARGE_TAGS_BYTES_MAX, tagsBytes } from './tags.ts';

/** Everything that can be tuned. Times are milliseconds. */
export interface HearsayConfig {
  /** 1 … 128 bytes. */
  readonly name: string;
  readonly tags: Tags;
  readonly seeds: readonly Address[];
  /** There are seeds, but nobody knows yet where: until it is told, it founds no cluster. */
  readonly awaitsSeeds: boolean;
  /** What this node believes of its own TCP port at the start, before anyone dialled it. */
  readonly streams: Streams;
  /** What one packet may carry, 1360 or less where the advertised address must travel. */
  readonly packetBytesMax: number;

  /** One member is probed each interval (SWIM's protocol period). */
  readonly probeIntervalMs: number;
  /** How long a direct ping may take before helpers are asked. */
  readonly probeTimeoutMs: number;
  /** k of SWIM: helpers of an indirect probe. */
  readonly helpers: number;

  /** Suspicion lasts Min = α · max(1, log10 live) · interval at least, β · Min at most. */
  readonly suspicionAlpha: number;
  readonly suspicionBeta: number;
  /** K: independent confirmations that bring a suspicion from Max to Min. */
  readonly confirmations: number;

  readonly gossipIntervalMs: number;
  readonly gossipFanout: number;
  /** Each piece of news is sent at most λ · ⌈log10(N + 1)⌉ times. */
  readonly transmitLambda: number;
  /** Full exchange with one random member, unless checksums agree. */
  readonly exchangeIntervalMs: number;
  /** A dead member, or a seed that is no live member, is tried again. */
  readonly reconnectIntervalMs: number;
  /** How long the dead and the departed are remembered. */
  readonly certificateMs: number;
  readonly certificatesMax: number;

  /** Data is compared with that of a random member so often, while nothing differs. */
  readonly compareIntervalMs: number;
  /** That interval is shorter where anything differs, longer in large clusters. */
  readonly adaptivePace: boolean;
  /** Keys of one node's state, those deleted lately included. */
  readonly stateEntriesMax: number;
  /** Bytes of one node's state: keys, and values that travel in their entries. */
  readonly stateBytesMax: number;
  /** Keys of the shared map, those deleted lately included. */
  readonly mapEntriesMax: number;
  /** Bytes of all entries that a node holds. */
  readonly dataBytesMax: number;
  /** The largest value, bytes; all nodes of a cluster should have the same. */
  readonly valueBytesMax: number;
  /** Bytes of all values that a node holds which do not travel in their entries. */
  readonly valuesBytesMax: number;

  /** Lifeguard's four parts, and what goes beyond it; each can be switched off. */
  readonly localHealth: boolean;
  readonly nacks: boolean;
  readonly dynamicSuspicion: boolean;
  readonly tellSuspect: boolean;
  readonly streamProbe: boolean;
  readonly refusal: boolean;
  readonly lastQuestion: boolean;
  readonly pauseGuard: boolean;
  /**
   * A death told by a member that is itself accused, or of one that has hardly been suspected, is a
   * suspicion first.
   */
  readonly doubt: boolean;
  /** More than 10 % of members refused at once count as silence (a rejecting firewall). */
  readonly massRefusal: boolean;
  /** Dead only when this many independently accuse (or all other live members, if fewer). */
  readonly accusers: number;
}

export type Preset = 'lan' | 'wan' | 'local';

/** `lan`: the defaults. `wan` follows memberlist's WAN figures, `local` its loopback ones. */
export const PRESETS: Readonly<Record<Preset, Omit<HearsayConfig, 'name'>>> = {
  lan: {
    tags: {},
    seeds: [],
    awaitsSeeds: false,
    streams: 'unknown',
    packetBytesMax: PACKET_BYTES_MAX,
    probeIntervalMs: 1000,
    probeTimeoutMs: 500,
    helpers: 3,
    suspicionAlpha: 4,
    suspicionBeta: 6,
    confirmations: 3,
    gossipIntervalMs: 200,
    gossipFanout: 3,
    transmitLambda: 4,
    exchangeIntervalMs: 30_000,
    reconnectIntervalMs: 10_000,
    certificateMs: 24 * 3_600_000,
    certificatesMax: 16_384,
    compareIntervalMs: 30_000,
    adaptivePace: true,
    stateEntriesMax: 4096,
    stateBytesMax: 2 ** 20,
    mapEntriesMax: 65_536,
    dataBytesMax: 64 * 2 ** 20,
    valueBytesMax: 16 * 2 ** 20,
    valuesBytesMax: 256 * 2 ** 20,
    localHealth: true,
    nacks: true,
    dynamicSuspicion: true,
    tellSuspect: true,
    streamProbe: true,
    refusal: true,
    lastQuestion: true,
    pauseGuard: true,
    doubt: true,
    massRefusal: false,
    accusers: 1,
  },
  get wan() {
    return {
      ...this.lan,
      probeIntervalMs: 5000,
      probeTimeoutMs: 3000,
      suspicionAlpha: 6,
      gossipIntervalMs: 500,
      gossipFanout: 4,
      exchangeIntervalMs: 60_000,
      compareIntervalMs: 60_000,
    };
  },
  get local() {
    return {
      ...this.lan,
      probeTimeoutMs: 200,
      suspicionAlpha: 3,
      helpers: 1,
      gossipIntervalMs: 100,
      exchangeIntervalMs: 15_000,
      compareIntervalMs: 15_000,
    };
  },
};

/**
 * A whole configuration from a preset and what differs from it.
 *
 * @throws UsageError BAD_OPTION or TAGS_TOO_LARGE
 */
export function hearsayConfig(
  given: Partial<HearsayConfig> & { readonly name: string },
  preset: Preset = 'lan',
): HearsayConfig {
  const config: HearsayConfig = { ...PRESETS[preset], ...given };
  const nameBytes = textBytes(config.name);
  if (nameBytes < 1 || nameBytes > NAME_BYTES_MAX) {
    throw new UsageError('BAD_OPTION', `name: give 1 to ${NAME_BYTES_MAX} bytes, not ${nameBytes}`);
  }
  checkText('name', config.name);
  checkTags(config.tags);
  for (const [option, [low, high]] of Object.entries(RANGES)) {
    const value = config[option as keyof typeof RANGES];
    if (!(value >= low && value <= high)) {
      throw new UsageError('BAD_OPTION', `${option}: give ${low} to ${high}, not ${value}`);
    }
  }
  if (config.probeTimeoutMs >= config.probeIntervalMs) {
    throw new UsageError('BAD_OPTION', 'probeTimeoutMs: must be below probeIntervalMs');
  }
  return config;
}

/** @throws UsageError TAGS_TOO_LARGE, or BAD_OPTION for a value that is not text */
export function checkTags(tags: Tags, bytesMax = LARGE_TAGS_BYTES_MAX): void {
  for (const [key, value] of Object.entries(tags)) {
    if (typeof value !== 'string') {
      throw new UsageError('BAD_OPTION', `tags.${key}: values are texts; got ${typeof value}`);
    }
    if (key === '__proto__') throw new UsageError('BAD_OPTION', 'tags: __proto__ is no key');
    checkText('tags', key + value);
  }
  const bytes = tagsBytes(tags);
  if (bytes > bytesMax) {
    throw new UsageError(
      'TAGS_TOO_LARGE',
      `tags: ${bytes} bytes of keys, values and 2 for each pair exceed ${bytesMax}`,
    );
  }
}

/** Half a surrogate pair cannot travel: others would know another text. */
function checkText(option: string, text: string): void {
  if (!/\p{Surrogate}/u.test(text)) return;
  throw new UsageError('BAD_OPTION', `${option}: holds half a surrogate pair, which is no text`);
}

const RANGES = {
  packetBytesMax: [1024, PACKET_BYTES_MAX],
  probeIntervalMs: [10, 3_600_000],
  probeTimeoutMs: [1, 3_600_000],
  helpers: [0, 16],
  suspicionAlpha: [0.1, 1000],
  suspicionBeta: [1, 1000],
  confirmations: [0, 16],
  gossipIntervalMs: [1, 3_600_000],
  gossipFanout: [1, 64],
  transmitLambda: [1, 64],
  exchangeIntervalMs: [100, 86_400_000],
  reconnectIntervalMs: [100, 86_400_000],
  certificateMs: [1000, 31 * 86_400_000],
  certificatesMax: [1, 1_000_000],
  compareIntervalMs: [100, 86_400_000],
  stateEntriesMax: [0, 1_000_000],
  stateBytesMax: [0, 2 ** 30],
  mapEntriesMax: [0, 1_000_000],
  dataBytesMax: [0, 2 ** 32],
  valueBytesMax: [1, 64 * 2 ** 20],
  valuesBytesMax: [0, 2 ** 32],
  accusers: [1, 16],
} as const;
