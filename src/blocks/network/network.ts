import { UsageError, type Random } from '../../core/index.ts';
import { Cuts } from './cuts.ts';
import { latency, type Latency, type LatencyModel } from './latency.ts';

/** A network as data. */
export interface NetworkModel {
  /** One way. */
  readonly latency: LatencyModel;
  /** The probability that a packet is lost, 0 … 1; default 0. */
  readonly loss?: number;
}

/** Instead of a time: the packet never arrives. */
export const LOST = -1;
/** Instead of a time: a firewall on the way answers that nobody is there. */
export const REJECTED = -2;

/**
 * What becomes of a packet: pure decisions, for the simulator and for impairing a live node.
 *
 * Every decision draws the same numbers whatever the answer, so that changing the loss or healing
 * a cut leaves later latencies of that sender as they were.
 */
export class Network<Place> {
  readonly cuts = new Cuts<Place>();
  #latency: Latency;
  #loss = 0;
  readonly #lossAt = new Map<Place, number>();
  readonly #delayAt = new Map<Place, number>();

  constructor(model: NetworkModel) {
    this.#latency = latency(model.latency);
    this.setLoss(model.loss ?? 0);
  }

  setLatency(model: LatencyModel): void {
    this.#latency = latency(model);
  }

  /** The loss everywhere or, beside that, of what enters or leaves one place. */
  setLoss(loss: number, place?: Place): void {
    if (!(loss >= 0 && loss <= 1)) {
      throw new UsageError('BAD_OPTION', `loss must be a fraction from 0 to 1, not ${loss}`);
    }
    if (place === undefined) this.#loss = loss;
    else if (loss === 0) this.#lossAt.delete(place);
    else this.#lossAt.set(place, loss);
  }

  /** What enters or leaves a place takes so much longer. */
  setDelay(ms: number, place: Place): void {
    if (!(ms >= 0 && ms < Infinity)) {
      throw new UsageError('BAD_OPTION', `delay: give milliseconds from 0, not ${ms}`);
    }
    if (ms === 0) this.#delayAt.delete(place);
    else this.#delayAt.set(place, ms);
  }

  /** Milliseconds until a packet arrives, {@link LOST} or {@link REJECTED}. */
  decide(from: Place, to: Place, random: Random): number {
    const luck = random.float();
    const delayMs = this.#latency.sampleMs(random);
    if (this.cuts.size > 0) {
      const cut = this.cuts.between(from, to);
      if (cut !== undefined) return cut === 'drop' ? LOST : REJECTED;
    }
    const loss = this.#lossAt.size === 0 ? this.#loss : this.#lossBetween(from, to);
    if (luck < loss) return LOST;
    if (this.#delayAt.size === 0) return delayMs;
    return delayMs + (this.#delayAt.get(from) ?? 0) + (this.#delayAt.get(to) ?? 0);
  }

  /** A latency alone, for what needs no decision. */
  latencyMs(random: Random): number {
    return this.#latency.sampleMs(random);
  }

  #lossBetween(from: Place, to: Place): number {
    const passes =
      (1 - this.#loss) * (1 - (this.#lossAt.get(from) ?? 0)) * (1 - (this.#lossAt.get(to) ?? 0));
    return 1 - passes;
  }
}
