import { isIP } from 'node:net';
import { PORT_DEFAULT } from '../api/index.ts';
import type { HearsayHost, LifeStart, Platform, Resolution, Tuning } from '../api/index.ts';
import type { Keyring } from '../blocks/security/keyring.ts';
import { HearsayError, type Address, type LogRecord } from '../core/index.ts';
import { hearsay, hearsayConfig, type HearsayMessage } from '../designs/hearsay/index.ts';
import type { HearsayEvent, HearsayProtocol } from '../designs/hearsay/index.ts';
import { Counters, Impairments, keyringOf, openHost } from '../net/index.ts';
import type { Bind, NetHost, SecretKey } from '../net/index.ts';
import {
  familyOf,
  formatAddress,
  ipOf,
  isStreamed,
  parseHostPort,
  portOf,
  streamed,
} from '../wire/index.ts';
import { DataDir, type DataDirOptions } from './data-dir.ts';
import { Keys } from './keys.ts';
import { watchNames } from './name-watch.ts';
import { names } from './names.ts';
import type { Options } from './options.ts';
import { Seeds } from './seeds.ts';

/** Real sockets, real DNS, real time. */
export class LivePlatform implements Platform {
  readonly #options: Options;
  readonly #seeds: Seeds;
  /** As asked for. */
  readonly #binds: readonly Bind[];
  /** With the ports once they are known, so that a later life comes back to the same place. */
  #places: readonly Bind[];
  /** What the present life's sockets have carried; of the last one after its end. */
  counters = new Counters();
  /** They outlive lives, and begin with nothing. */
  readonly impairments = new Impairments();
  /** The present life's, or the last one's. */
  dataDir: DataDir | undefined;
  readonly keys: Keys;
  readonly #keyring: Keyring<SecretKey> | undefined;
  #forgetKey: ((fingerprint: string) => void) | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#binds = [options.bind].flat().map((text) => bindOf(text));
    this.#places = this.#binds;
    const families = this.#binds.map(({ ip }) => familyOf(formatAddress(ip, 1) ?? ''));
    this.#seeds = new Seeds({ names: names(options.dns), families });
    this.#keyring = options.secret === undefined ? undefined : keyringOf(options.secret);
    this.keys = new Keys(this.#keyring, (fingerprint) => this.#forgetKey?.(fingerprint));
  }

  /** Where the sockets listen, or will. */
  get places(): readonly Address[] {
    return this.#places.map(({ ip, port }) => formatAddress(ip, port) ?? ip);
  }

  async open(life: LifeStart): Promise<HearsayHost> {
    let host: LiveHost | undefined;
    const dir = await this.#openDataDir((blocked, why) => {
      host?.tell({ type: 'saving-blocked', blocked, why });
    });
    try {
      host = await this.#openAnywhere(life, dir);
    } catch (error) {
      await dir?.close();
      throw error;
    }
    const { protocol } = host;
    dir?.follow(() => protocol.snapshot());
    this.#places = host.places.map((place) => ({ ip: ipOf(place), port: portOf(place) }));
    this.counters = host.counters;
    this.#follow(host);
    this.#forgetKey = (fingerprint) => host.forgetKey(fingerprint);
    return host;
  }

  async #openDataDir(onBlocked: DataDirOptions['onBlocked']): Promise<DataDir | undefined> {
    const { cluster, name, dataDir: path, logger } = this.#options;
    if (path === undefined) return undefined;
    const onDamage = (text: string): void => logger?.warn(text);
    this.dataDir = await DataDir.open({ path, cluster, name, onDamage, onBlocked });
    return this.dataDir;
  }

  async resolve(seeds: readonly string[]): Promise<Resolution> {
    return this.#seeds.resolve(seeds);
  }

  watch(
    wanted: () => readonly string[],
    found: (addresses: readonly Address[]) => void,
  ): () => void {
    const { resolveIntervalMs: intervalMs } = this.#options;
    let isOver = false;
    watchNames({ seeds: this.#seeds, wanted, found, intervalMs, isOver: () => isOver });
    return () => {
      isOver = true;
    };
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  }

  /** At the places of the last life, if there was one. */
  async #openAnywhere(life: LifeStart, dir: DataDir | undefined): Promise<LiveHost> {
    const around = { ...(await this.#advertised()), ...(dir === undefined ? {} : savingIn(dir)) };
    return this.#open(life, this.#places, around).catch(async (error: unknown) => {
      if (this.#places === this.#binds || !isTaken(error)) throw error;
      return this.#open(life, this.#binds, around); // Any port was asked for; that is gone.
    });
  }

  async #open(
    { tags, seeds, awaitsSeeds }: LifeStart,
    bind: readonly Bind[],
    around: Partial<Advertised & Saving>,
  ): Promise<LiveHost> {
    const { name, cluster, preset, insecure, transport } = this.#options;
    const tuning = this.#options.tuning as Tuning;
    return openHost({
      design: hearsay,
      config: ({ packetBytesMax }) =>
        hearsayConfig({ ...tuning, name, tags, seeds, awaitsSeeds, packetBytesMax }, preset),
      cluster,
      bind,
      transport,
      ...around,
      impairments: this.impairments,
      ...(this.#keyring === undefined ? {} : { keyring: this.#keyring }),
      insecure,
    });
  }

  /** Where others are to reach this node, by number. */
  async #advertised(): Promise<Advertised | undefined> {
    const { advertise: text } = this.#options;
    if (text === undefined) return undefined;
    const { host, port } = parseHostPort(text, 0) ?? { host: text, port: 0 };
    const ip = isIP(host) === 0 ? await this.#lookUp(host) : host;
    // The advertised port is the real one where none is given.
    return { advertise: port === 0 ? { ip } : { ip, port } };
  }

  async #lookUp(host: string): Promise<string> {
    const { addresses, why } = await this.#seeds.resolveOne(host);
    const [first] = addresses;
    if (first !== undefined) return ipOf(first);
    throw new HearsayError(
      'ADDRESS_UNAVAILABLE',
      `advertise: ${host} ${why ?? 'has no address'}: advertise an IP address, or repair the name`,
    );
  }

  /** Moves with the name that is advertised. */
  #follow(host: LiveHost): void {
    const { advertise = '', resolveIntervalMs: intervalMs } = this.#options;
    const name = parseHostPort(advertise, 0)?.host ?? '';
    if (name === '' || isIP(name) !== 0) return;
    watchNames({
      seeds: this.#seeds,
      intervalMs,
      wanted: () => [name],
      found: (addresses) => {
        const known = addresses.map(ipOf);
        const place = formatAddress(known[0] ?? '', portOf(host.address));
        if (place === undefined || known.includes(ipOf(host.address))) return;
        host.readdress(isStreamed(host.address) ? streamed(place) : place);
        host.call((protocol, env) => protocol.readdress(env));
      },
      isOver: () => host.isStopped,
    });
  }
}

type LiveHost = NetHost<HearsayProtocol, HearsayMessage, HearsayEvent>;

interface Advertised {
  readonly advertise: { readonly ip: string; readonly port?: number };
}

interface Saving {
  readonly saved: () => readonly LogRecord[];
  readonly log: (record: LogRecord, durable: boolean) => void;
  readonly onClosed: () => Promise<void>;
}

/** What a host needs to save in a directory and to give it back. */
function savingIn(dir: DataDir): Saving {
  return {
    saved: () => dir.records,
    log: (record: LogRecord, durable: boolean) => dir.append(record, durable),
    onClosed: async () => dir.close(),
  };
}

function isTaken(error: unknown): boolean {
  return error instanceof HearsayError && error.code === 'PORT_IN_USE';
}

function bindOf(text: string): Bind {
  const { host, port } = parseHostPort(text, PORT_DEFAULT) ?? { host: text, port: 0 };
  return { ip: host, port };
}
