import { UsageError, type Random } from '../../core/index.ts';
import { Chance } from './chance.ts';
import { Cuts } from './cuts.ts';
import { Disorder } from './disorder.ts';
import { latency, type Latency, type LatencyModel } from './latency.ts';
import type { Bandwidth } from './link.ts';
import { Links } from './links.ts';
import { NO_ZONE, Zones, type ZoneLatency } from './zones.ts';

/** A network as data. */
export interface NetworkModel {
  /** One way. */
  readonly latency: LatencyModel | ZoneLatency;
  /** The probability that a packet is lost, 0 … 1; default 0. */
  readonly loss?: number;
  /** The fraction of packets that arrive twice; default 0. */
  readonly duplication?: number;
  /** The fraction of packets held back, each by a time below `byMs`; default none. */
  readonly reordering?: { readonly fraction: number; readonly byMs: number };
  /** Every place's link; default: no limit. */
  readonly bandwidth?: Bandwidth;
}

/** Instead of a time: the packet never arrives. */
export const LOST = -1;
/** Instead of a time: a firewall on the way answers that nobody is there. */
export const REJECTED = -2;

/**
 * What becomes of a packet: pure decisions, for the simulator and for impairing a live node.
 *
 * Every decision draws the same numbers whatever the answer, so that changing the loss or healing
 * a cut leaves later latencies of that sender as they were. What is rare, disorder and links, the
 * host asks for beside it, and only where there is any.
 */
export class Network<Place> {
  readonly cuts = new Cuts<Place>();
  readonly disorder = new Disorder<Place>();
  readonly links = new Links<Place>();
  #latency: Latency | undefined;
  #zones: Zones | undefined;
  readonly #zoneAt = new Map<Place, string>();
  readonly #loss = new Chance<Place>('loss');
  readonly #delayAt = new Map<Place, number>();

  constructor(model: NetworkModel) {
    this.setLatency(model.latency);
    this.setLoss(model.loss ?? 0);
    const { bandwidth, duplication = 0, reordering } = model;
    this.disorder.setDuplication(duplication);
    if (reordering !== undefined) this.disorder.setReordering(reordering.fraction, reordering.byMs);
    this.links.set(bandwidth);
  }

  setLatency(model: LatencyModel | ZoneLatency): void {
    const isZoned = model.type === 'zones';
    this.#latency = isZoned ? undefined : latency(model);
    this.#zones = isZoned ? new Zones(model) : undefined;
  }

  setZone(zone: string, place: Place): void {
    this.#zoneAt.set(place, zone);
  }

  /** The loss everywhere or, beside that, of what enters or leaves one place. */
  setLoss(loss: number, place?: Place): void {
    this.#loss.set(loss, place);
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
    const delayMs = this.latencyMs(from, to, random);
    if (this.cuts.size > 0) {
      const cut = this.cuts.between(from, to);
      if (cut !== undefined) return cut === 'drop' ? LOST : REJECTED;
    }
    if (luck < this.#loss.between(from, to)) return LOST;
    if (this.#delayAt.size === 0) return delayMs;
    return delayMs + (this.#delayAt.get(from) ?? 0) + (this.#delayAt.get(to) ?? 0);
  }

  /** A latency alone, for what needs no decision. */
  latencyMs(from: Place, to: Place, random: Random): number {
    if (this.#latency !== undefined) return this.#latency.sampleMs(random);
    return this.#zones!.sampleMs(this.#zoneOf(from), this.#zoneOf(to), random);
  }

  #zoneOf(place: Place): string {
    return this.#zoneAt.get(place) ?? NO_ZONE;
  }
}
