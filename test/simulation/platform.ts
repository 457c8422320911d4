/**
 * The public face over the simulator, for its own tests: closer to the platform than the worlds of
 * `hearsay/testing`, so that sockets and names can fail here.
 */
import { Cluster, type ClusterOptions, type Platform } from '../../src/api/index.ts';
import type { Address } from '../../src/core/index.ts';
import { hearsay, hearsayConfig } from '../../src/designs/hearsay/index.ts';
import { Simulation } from '../../src/sim/index.ts';

/** Time moves only inside `run` and `until`. */
export class SimulatedWorld {
  readonly sim = new Simulation({
    design: hearsay,
    seed: 7,
    network: { latency: { type: 'constant', ms: 1 } },
  });
  /** What `resolve` knows besides addresses. */
  readonly names = new Map<string, Address>();
  /** Thrown by the next `open`. */
  obstacle: Error | undefined;
  #lives = 0;

  cluster(name: string, options: Partial<ClusterOptions> = {}, address = this.#address()): Cluster {
    const defaults = { name, seeds: [], tags: {}, joinTimeoutMs: 10_000, retry: false };
    return new Cluster(this.platform(name, address), { ...defaults, ...options });
  }

  /** Clusters by these names that know each other; the first is the seed of the others. */
  async joined<N extends string>(
    all: Readonly<Record<N, Partial<ClusterOptions>>>,
  ): Promise<Record<N, Cluster>> {
    const clusters: Partial<Record<N, Cluster>> = {};
    let seeds: Address[] = [];
    for (const name of Object.keys(all) as N[]) {
      const address = this.#address();
      const cluster = this.cluster(name, { seeds, ...all[name] }, address);
      await this.until(cluster.join());
      clusters[name] = cluster;
      if (seeds.length === 0) seeds = [address];
    }
    await this.run(TOLD_MS);
    return clusters as Record<N, Cluster>;
  }

  platform(name: string, address: Address): Platform {
    return {
      open: async (start) => {
        const { obstacle } = this;
        this.obstacle = undefined;
        if (obstacle !== undefined) throw obstacle;
        const life = `${name}, life ${++this.#lives}`;
        return this.sim.add(life, hearsayConfig({ name, ...start }), { address });
      },
      resolve: async (seeds) => {
        const addresses = seeds.flatMap((seed) => this.names.get(seed) ?? numeric(seed));
        const unresolved = seeds.filter(
          (seed) => !this.names.has(seed) && numeric(seed).length < 1,
        );
        return {
          addresses,
          unresolved: unresolved.map((seed) => ({ seed, why: 'has no address' })),
        };
      },
      after: (delayMs, callback) => {
        let off = false;
        this.sim.at(this.sim.elapsedMs + delayMs, () => {
          if (!off) callback();
        });
        return () => {
          off = true;
        };
      },
    };
  }

  /** Lets promises settle before each step of virtual time. */
  async run(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      await settled();
      this.sim.run(Math.min(STEP_MS, left));
    }
    await settled();
  }

  /** Runs until a promise settles, and gives what it does. */
  async until<T>(promise: Promise<T>, maxMs = 60_000): Promise<T> {
    const state = { done: false };
    const finish = (): void => {
      state.done = true;
    };
    promise.then(finish, finish);
    for (let ms = 0; ms < maxMs && !state.done; ms += STEP_MS) await this.run(STEP_MS);
    if (!state.done) throw new Error(`nothing within ${maxMs} simulated ms`);
    return promise;
  }

  #next = 0;
  #address(): Address {
    return `10.9.0.${++this.#next}:7946`;
  }
}

const STEP_MS = 10;
/** Gossip has told a few nodes of all by then. */
const TOLD_MS = 1000;

async function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function numeric(seed: string): Address[] {
  return /^[0-9.]+:[0-9]+$/.test(seed) ? [seed] : [];
}
