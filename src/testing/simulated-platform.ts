import type { HearsayHost, LifeStart, Platform, Resolution } from '../api/index.ts';
import { PORT_DEFAULT } from '../api/index.ts';
import type { Address } from '../core/index.ts';
import { formatAddress, isLoopback, parseHostPort } from '../wire/index.ts';
import type { Machine } from './machine.ts';
import type { NodeOptions } from './node-options.ts';
import type { ProgramRun } from './program-run.ts';

/** The world's name service: the IP of a machine, by its name. */
export type FindHost = (name: string) => string | undefined;

/** Simulated sockets, names and time, for one `joinCluster` of one run of a program. */
export class SimulatedPlatform implements Platform {
  readonly #machine: Machine;
  readonly #run: ProgramRun;
  readonly #options: NodeOptions;
  readonly #find: FindHost;
  /** What seeds meant when they were last asked. */
  readonly #known = new Map<string, Address>();

  constructor(machine: Machine, run: ProgramRun, options: NodeOptions, find: FindHost) {
    this.#machine = machine;
    this.#run = run;
    this.#options = options;
    this.#find = find;
  }

  async open(life: LifeStart): Promise<HearsayHost> {
    if (!this.#run.isAlive) return new Promise(() => {});
    return this.#machine.open(this.#run, this.#options, life);
  }

  async resolve(seeds: readonly string[]): Promise<Resolution> {
    const addresses: Address[] = [];
    const unresolved: { seed: string; why: string }[] = [];
    for (const seed of seeds) {
      const address = this.#addressOf(seed);
      if (address === undefined) unresolved.push({ seed, why: 'names no machine of this world' });
      else {
        addresses.push(address);
        this.#known.set(seed, address);
      }
    }
    return { addresses, unresolved };
  }

  /** Machines move, and their names with them. */
  watch(
    seeds: () => readonly string[],
    found: (addresses: readonly Address[]) => void,
  ): () => void {
    const everyMs = this.#options.resolveIntervalMs;
    let known = seeds()
      .flatMap((seed) => this.#known.get(seed) ?? [])
      .join();
    const look = (): void => {
      const addresses = this.#addressesOf(seeds());
      if (addresses.join() !== known) found(addresses);
      known = addresses.join();
      stop = this.after(everyMs, look);
    };
    let stop = this.after(everyMs, look);
    return () => stop();
  }

  promised<T>(promise: Promise<T>): Promise<T> {
    return this.#run.promise(promise);
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.#run.after(delayMs, callback);
  }

  #addressesOf(seeds: readonly string[]): Address[] {
    return seeds.flatMap((seed) => this.#addressOf(seed) ?? []);
  }

  #addressOf(seed: string): Address | undefined {
    const parts = parseHostPort(seed, PORT_DEFAULT);
    if (parts === undefined) return undefined;
    const { host, port } = parts;
    if (isLoopback(host) || host === 'localhost') return formatAddress(this.#machine.ip, port);
    return formatAddress(this.#find(host) ?? host, port);
  }
}
