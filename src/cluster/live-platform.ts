import { isIPv6 } from 'node:net';
import { PORT_DEFAULT } from '../api/index.ts';
import type { HearsayHost, LifeStart, Platform, Resolution, Tuning } from '../api/index.ts';
import { HearsayError } from '../core/index.ts';
import { hearsay, hearsayConfig } from '../designs/hearsay/index.ts';
import { Counters, Impairments, openHost } from '../net/index.ts';
import { parseHostPort, portOf, type HostPort } from '../wire/index.ts';
import type { Options } from './options.ts';
import { resolveSeeds } from './seeds.ts';

/** Real sockets, real DNS, real time. */
export class LivePlatform implements Platform {
  readonly #options: Options;
  readonly #bind: HostPort;
  /** The port once it is known, so that a later life comes back to the same place. */
  #port: number;
  /** What the present life's sockets have carried; of the last one after its end. */
  counters = new Counters();
  /** They outlive lives, and begin with nothing. */
  readonly impairments = new Impairments();

  constructor(options: Options) {
    this.#options = options;
    this.#bind = placeOf(options.bind);
    this.#port = this.#bind.port;
  }

  async open({ tags, seeds }: LifeStart): Promise<HearsayHost> {
    const { name, cluster, preset, insecure, advertise } = this.#options;
    const tuning = this.#options.tuning as Tuning;
    const open = async (port: number) =>
      openHost({
        design: hearsay,
        config: ({ packetBytesMax }) =>
          hearsayConfig({ ...tuning, name, tags, seeds, packetBytesMax }, preset),
        cluster,
        bind: { ip: this.#bind.host, port },
        ...(advertise === undefined ? {} : { advertise: ipPort(advertise) }),
        impairments: this.impairments,
        insecure,
      });
    const host = await open(this.#port).catch(async (error: unknown) => {
      if (this.#port === this.#bind.port || !isTaken(error)) throw error;
      return open(this.#bind.port); // Any port was asked for, and the last one is gone.
    });
    if (advertise === undefined) this.#port = portOf(host.address);
    this.counters = host.counters;
    return host;
  }

  async resolve(seeds: readonly string[]): Promise<Resolution> {
    return resolveSeeds(seeds, isIPv6(this.#bind.host) ? 6 : 4);
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof HearsayError && error.code === 'PORT_IN_USE';
}

function placeOf(text: string): HostPort {
  return parseHostPort(text, PORT_DEFAULT) as HostPort; // Checked with the options.
}

/** The advertised port is the real one where none is given. */
function ipPort(text: string): { ip: string; port?: number } {
  const { host, port } = parseHostPort(text, 0) as HostPort;
  return port === 0 ? { ip: host } : { ip: host, port };
}
