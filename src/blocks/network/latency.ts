/**
 * How long a packet travels, one way.
 *
 * A lognormal sample needs a normal one: Marsaglia's polar method (1964), which asks for nothing
 * but a logarithm and a square root. Of its pair of samples one is thrown away, so that a sample
 * depends on its stream alone.
 */
import { exp, ln, UsageError, type Random } from '../../core/index.ts';

/** A distribution of one-way latency, as data. */
export type LatencyModel =
  | { readonly type: 'constant'; readonly ms: number }
  | { readonly type: 'uniform'; readonly minMs: number; readonly maxMs: number }
  /** `sigma` is the standard deviation of the logarithm: 0.5 puts 1 in 100 above 3.2 medians. */
  | { readonly type: 'lognormal'; readonly medianMs: number; readonly sigma: number };

/** One way's latency, in milliseconds, from the sender's stream. */
export interface Latency {
  sampleMs(random: Random): number;
}

/** The distribution that a model describes; throws a UsageError for one that cannot be. */
export function latency(model: LatencyModel): Latency {
  switch (model.type) {
    case 'constant':
      return new ConstantLatency(time(model.ms, 'ms'));
    case 'uniform': {
      const minMs = time(model.minMs, 'minMs');
      return new UniformLatency(minMs, time(model.maxMs, 'maxMs', minMs) - minMs);
    }
    case 'lognormal':
      return new LognormalLatency(time(model.medianMs, 'medianMs'), time(model.sigma, 'sigma'));
    default:
      throw new UsageError('BAD_OPTION', 'latency type is none of constant, uniform, lognormal');
  }
}

class ConstantLatency implements Latency {
  readonly #ms: number;

  constructor(ms: number) {
    this.#ms = ms;
  }

  sampleMs(): number {
    return this.#ms;
  }
}

class UniformLatency implements Latency {
  readonly #minMs: number;
  readonly #spanMs: number;

  constructor(minMs: number, spanMs: number) {
    this.#minMs = minMs;
    this.#spanMs = spanMs;
  }

  sampleMs(random: Random): number {
    return this.#minMs + random.float() * this.#spanMs;
  }
}

class LognormalLatency implements Latency {
  readonly #medianMs: number;
  readonly #sigma: number;

  constructor(medianMs: number, sigma: number) {
    this.#medianMs = medianMs;
    this.#sigma = sigma;
  }

  sampleMs(random: Random): number {
    return this.#medianMs * exp(this.#sigma * normal(random));
  }
}

/** A sample of the standard normal distribution. */
export function normal(random: Random): number {
  for (;;) {
    const x = 2 * random.float() - 1;
    const y = 2 * random.float() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * ln(square)) / square);
  }
}

function time(value: number, name: string, min = 0): number {
  if (Number.isFinite(value) && value >= min) return value;
  throw new UsageError('BAD_OPTION', `latency ${name} must be a number from ${min}, not ${value}`);
}
