/**
 * What `joinCluster` is given, checked for a simulated world. It knows the same options and refuses
 * with the same codes as the live one; its own checks are fewer, since it sees no packages.
 */
import { PORT_DEFAULT, type JoinClusterOptions } from '../api/index.ts';
import { UsageError } from '../core/index.ts';
import { hearsayConfig, PRESETS, type HearsayConfig } from '../designs/hearsay/index.ts';
import { formatAddress, isLoopback, parseHostPort, type HostPort } from '../wire/index.ts';

/** The options with defaults filled in. */
export interface NodeOptions {
  readonly given: JoinClusterOptions;
  readonly name: string;
  readonly cluster: string;
  readonly bind: HostPort;
  readonly advertise: HostPort | undefined;
  readonly seeds: readonly string[];
  readonly config: HearsayConfig;
  readonly joinTimeoutMs: number;
  readonly retry: boolean;
  readonly resolveIntervalMs: number;
}

/** As live. */
const RESOLVE_INTERVAL_MS = 30_000;

/** What becomes of each option here: a new one must find its place. */
const OPTIONS: Readonly<Record<keyof JoinClusterOptions, 'used' | 'without meaning'>> = {
  name: 'used',
  cluster: 'used',
  bind: 'used',
  advertise: 'used',
  transport: 'without meaning',
  seeds: 'used',
  dns: 'without meaning',
  resolveIntervalMs: 'used',
  tags: 'used',
  preset: 'used',
  dataDir: 'used',
  tuning: 'used',
  joinTimeoutMs: 'used',
  retry: 'used',
  signal: 'used',
  logger: 'used',
  secret: 'used',
  insecure: 'used',
};

/** @throws UsageError BAD_OPTION, TAGS_TOO_LARGE or NOT_LOOPBACK; names the option */
export function nodeOptions(given: JoinClusterOptions): NodeOptions {
  for (const option of Object.keys(given)) {
    if (!Object.hasOwn(OPTIONS, option)) bad(`options: there is no \`${option}\``);
  }
  const { name, cluster = 'default', seeds = [], tags = {}, preset = 'lan', tuning = {} } = given;
  const { joinTimeoutMs = 10_000, retry = false, insecure = false } = given;
  if (typeof name !== 'string') bad('name: give the node a name');
  if (cluster.length === 0) bad('cluster: give at least one character');
  if (!Object.hasOwn(PRESETS, preset)) bad(`preset: there is no ${preset}`);
  if (!(joinTimeoutMs >= 1)) bad(`joinTimeoutMs: give 1 or more, not ${joinTimeoutMs}`);
  // A simulated machine has one address: that of the first place.
  const [first = `127.0.0.1:${PORT_DEFAULT}`] = [given.bind ?? []].flat();
  const bind = place('bind', first);
  // Nothing is encrypted in a simulation; what may listen where is the same.
  if (!insecure && given.secret === undefined && !isLoopback(bind.host)) {
    const text = `bind: ${first} is open to other machines`;
    throw new UsageError('NOT_LOOPBACK', `${text}: bind 127.0.0.1, or say \`insecure\``);
  }
  for (const seed of seeds) {
    const isElsewhere = /^(srv|file):\S/.test(seed); // Nothing in this world answers to it.
    const port = parseHostPort(seed, PORT_DEFAULT)?.port ?? 0;
    if (port === 0 && !isElsewhere)
      bad(`seeds: give host:port, such as 10.0.0.4:7946 or db.internal, not ${seed}`);
  }
  return {
    given,
    name,
    cluster,
    bind,
    advertise: advertised(given.advertise),
    seeds,
    config: hearsayConfig({ ...(tuning as Partial<HearsayConfig>), name, tags }, preset),
    joinTimeoutMs,
    retry,
    resolveIntervalMs: given.resolveIntervalMs ?? RESOLVE_INTERVAL_MS,
  };
}

/** A host name is as good as an IP address. */
function advertised(text: string | undefined): HostPort | undefined {
  if (text === undefined) return undefined;
  return parseHostPort(text, 0) ?? bad(`advertise: give host:port, not ${text}`);
}

function place(option: string, text: string): HostPort {
  const parts = parseHostPort(text, PORT_DEFAULT);
  if (parts === undefined || formatAddress(parts.host, parts.port || 1) === undefined) {
    bad(`${option}: give an IP address and port such as 127.0.0.1:7946, not ${text}`);
  }
  return parts;
}

function bad(text: string): never {
  throw new UsageError('BAD_OPTION', text);
}
