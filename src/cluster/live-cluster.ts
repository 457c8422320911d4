import { Cluster, type JoinClusterOptions } from '../api/index.ts';
import type { Address } from '../core/index.ts';
import type { Counters, Impairments } from '../net/index.ts';
import type { DataDirSize } from './data-dir.ts';
import type { Keys } from './keys.ts';
import { LivePlatform } from './live-platform.ts';
import { checkOptions, type Options } from './options.ts';

/** A cluster over real sockets that has not joined yet, and what a daemon tells besides. */
export class LiveCluster {
  readonly cluster: Cluster;
  readonly options: Options;
  readonly #platform: LivePlatform;

  /** @throws UsageError that names the option */
  constructor(given: JoinClusterOptions) {
    this.options = checkOptions(given);
    this.#platform = new LivePlatform(this.options);
    this.cluster = new Cluster(this.#platform, this.options);
  }

  get name(): string {
    return this.options.name;
  }

  /** What the sockets of the present or last life have carried. */
  get counters(): Counters {
    return this.#platform.counters;
  }

  /** What its packets and streams are encrypted with. */
  get keys(): Keys {
    return this.#platform.keys;
  }

  /** Where its sockets listen; before they do, where they will. */
  get places(): readonly Address[] {
    return this.#platform.places;
  }

  /** What this node's network is made to suffer. */
  get impairments(): Impairments {
    return this.#platform.impairments;
  }

  /** What is saved and where; undefined without a data directory, and before the first life. */
  get saved(): ({ path: string; blocked: boolean } & DataDirSize) | undefined {
    const { dataDir } = this.#platform;
    if (dataDir === undefined) return undefined;
    const { isBehind, path, size } = dataDir;
    return { path, ...size, blocked: isBehind };
  }
}
