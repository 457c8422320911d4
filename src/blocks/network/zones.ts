import { UsageError, type Random } from '../../core/index.ts';
import { latency, type Latency, type LatencyModel } from './latency.ts';

/** Latencies between zones, as data: both ways alike. */
export interface ZoneLatency {
  readonly type: 'zones';
  /** Between places of one zone; those of none are together one more. */
  readonly within: LatencyModel;
  /** Between places of two zones. */
  readonly between: LatencyModel;
  /** Instead of that, of two zones by name, or within one that is named twice. */
  readonly pairs?: readonly {
    readonly zones: readonly [string, string];
    readonly latency: LatencyModel;
  }[];
}

/** Who has no zone of his own. */
export const NO_ZONE = '';

/** Distributions of latency by the zones of sender and receiver. */
export class Zones {
  readonly #within: Latency;
  readonly #between: Latency;
  readonly #pairs = new Map<string, Map<string, Latency>>();

  constructor(model: ZoneLatency) {
    this.#within = latency(model.within);
    this.#between = latency(model.between);
    for (const { zones, latency: pair } of model.pairs ?? []) {
      const [one, other] = zones;
      if (this.#pairs.get(one)?.has(other) === true) {
        throw new UsageError('BAD_OPTION', `zones ${one} and ${other} have two latencies`);
      }
      const distribution = latency(pair);
      this.#set(one, other, distribution);
      this.#set(other, one, distribution);
    }
  }

  /** One way's latency, in milliseconds, from the sender's stream. */
  sampleMs(from: string, to: string, random: Random): number {
    const pair = this.#pairs.get(from)?.get(to);
    return (pair ?? (from === to ? this.#within : this.#between)).sampleMs(random);
  }

  #set(from: string, to: string, distribution: Latency): void {
    const known = this.#pairs.get(from) ?? new Map<string, Latency>();
    this.#pairs.set(from, known);
    known.set(to, distribution);
  }
}
