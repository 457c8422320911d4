import { PACKET_BYTES_MAX, UsageError, type Address } from '../../core/index.ts';
import { textBytes } from '../../wire/index.ts';
import { NAME_BYTES_MAX } from './messages.ts';

/** Everything that can be tuned. Times are milliseconds. */
export interface HeartbeatConfig {
  /** 1 … 128 bytes; no two living nodes may have the same. */
  readonly name: string;
  /** Tried while this node knows nobody else who lives; its own address among them is skipped. */
  readonly seeds: readonly Address[];
  /** Push: a view is sent. Push-pull: the receiver sends its own back. */
  readonly mode: HeartbeatMode;
  /** Peers that each round of gossip goes to, or all that are known if fewer. */
  readonly fanout: number;
  readonly heartbeatIntervalMs: number;
  readonly gossipIntervalMs: number;
  /** No news of a member for this long: suspect. */
  readonly failureTimeoutMs: number;
  /** No news for this long: dead; for this and the failure timeout together: removed. */
  readonly cleanupTimeoutMs: number;
  /** What one packet carries; a larger view is split. */
  readonly packetBytesMax: number;
}

export type HeartbeatMode = 'push' | 'push-pull';

/** The figures that courses use: a heartbeat a second, five without one are a suspicion. */
export const HEARTBEAT_DEFAULTS: Omit<HeartbeatConfig, 'name'> = {
  seeds: [],
  mode: 'push-pull',
  fanout: 3,
  heartbeatIntervalMs: 1000,
  gossipIntervalMs: 500,
  failureTimeoutMs: 5000,
  cleanupTimeoutMs: 10_000,
  packetBytesMax: PACKET_BYTES_MAX,
};

/**
 * A whole configuration from the defaults and what differs from them.
 *
 * @throws UsageError BAD_OPTION
 */
export function heartbeatConfig(
  given: Partial<HeartbeatConfig> & { readonly name: string },
): HeartbeatConfig {
  const config: HeartbeatConfig = { ...HEARTBEAT_DEFAULTS, ...given };
  const nameBytes = textBytes(config.name);
  if (nameBytes < 1 || nameBytes > NAME_BYTES_MAX) {
    throw new UsageError('BAD_OPTION', `name: give 1 to ${NAME_BYTES_MAX} bytes, not ${nameBytes}`);
  }
  if (config.mode !== 'push' && config.mode !== 'push-pull') {
    throw new UsageError('BAD_OPTION', `mode: give push or push-pull, not ${String(config.mode)}`);
  }
  for (const [option, [low, high]] of Object.entries(RANGES)) {
    const value = config[option as keyof typeof RANGES];
    if (!(value >= low && value <= high)) {
      throw new UsageError('BAD_OPTION', `${option}: give ${low} to ${high}, not ${value}`);
    }
  }
  if (config.cleanupTimeoutMs <= config.failureTimeoutMs) {
    throw new UsageError('BAD_OPTION', 'cleanupTimeoutMs: must be above failureTimeoutMs');
  }
  return config;
}

/** A packet must hold the largest fact; 65,507 is what UDP over IPv4 carries. */
const RANGES = {
  fanout: [1, 64],
  heartbeatIntervalMs: [10, 3_600_000],
  gossipIntervalMs: [10, 3_600_000],
  failureTimeoutMs: [20, 86_400_000],
  cleanupTimeoutMs: [20, 86_400_000],
  packetBytesMax: [256, 65_507],
} as const;
