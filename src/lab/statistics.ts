/**
 * Sample statistics: exact, on plain numbers.
 *
 * Quantiles interpolate linearly between order statistics (Hyndman and Fan 1996, type 7: what
 * NumPy and R compute by default).
 */

/** What was measured, in ascending order. */
export function sorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * The `share` quantile of sorted values; NaN when there are none.
 *
 * @param share 0 … 1; 0.5 is the median
 */
export function quantile(values: Float64Array, share: number): number {
  const at = share * (values.length - 1);
  const below = values[Math.floor(at)];
  const above = values[Math.ceil(at)];
  if (below === undefined || above === undefined) return Number.NaN;
  // Equal ones first: infinite values must not meet in a subtraction.
  return below === above ? below : below + (above - below) * (at - Math.floor(at));
}

export function median(values: Float64Array): number {
  return quantile(values, 0.5);
}

/** NaN when there are none. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** The sample standard deviation (n − 1); NaN below two values. */
export function deviation(values: ArrayLike<number>): number {
  if (values.length < 2) return Number.NaN;
  const middle = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - middle) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/** A time to the microsecond: below that, a sum of floating-point times is noise. */
export function milliseconds(time: number): number {
  return Math.round(time * 1000) / 1000;
}
