/**
 * Logarithms and exponentials from + − × ÷ and bits alone.
 *
 * Engines may differ in the last digit of `Math.log` and its kin; a trace must not. Method and
 * constants: fdlibm (Sun Microsystems 1993, `e_log.c`, `e_exp.c`) and, for bases 2 and 10, its
 * FreeBSD descendants (`k_log.h`, `e_log2.c`, `e_log10.c`), whose error stays below 1 ulp.
 */

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const PER_LN2_HIGH = 1.44269504072144627571;
const PER_LN2_LOW = 1.67517131648865118353e-10;
const PER_LN10_HIGH = 4.34294481878168880939e-1;
const PER_LN10_LOW = 2.50829467116452752298e-11;
const LOG10_2_HIGH = 3.01029995663611771306e-1;
const LOG10_2_LOW = 3.69423907715893078616e-13;
/** Beyond these `exp` overflows, or gives 0. */
const EXP_MAX = 7.09782712893383973096e2;
const EXP_MIN = -7.4513321910194110842e2;
/** High word of √2 / 2 less that of 1: adding it carries into the exponent from √2 upwards. */
const SQRT_HALF_OFFSET = 0x3ff00000 - 0x3fe6a09e;

const bits = new DataView(new ArrayBuffer(8));
/** What {@link split} found: x = 2^exponent · (1 + fraction), √2/2 ≤ 1 + fraction < √2. */
let exponent = 0;
let fraction = 0;

/** The natural logarithm. Of 0: −Infinity; of a negative number: NaN. */
export function ln(x: number): number {
  const special = limit(x);
  if (special !== undefined) return special;
  split(x);
  const half = 0.5 * fraction * fraction;
  const rest = remainder(fraction, half);
  return exponent * LN2_HIGH - (half - (rest + exponent * LN2_LOW) - fraction);
}

/** The logarithm to base 2; exact for powers of two. */
export function log2(x: number): number {
  const special = limit(x);
  if (special !== undefined) return special;
  split(x);
  const half = 0.5 * fraction * fraction;
  const high = dropLowWord(fraction - half);
  const low = fraction - high - half + remainder(fraction, half);
  const main = high * PER_LN2_HIGH;
  const sum = exponent + main;
  return (low + high) * PER_LN2_LOW + low * PER_LN2_HIGH + (exponent - sum + main) + sum;
}

/** The logarithm to base 10. */
export function log10(x: number): number {
  const special = limit(x);
  if (special !== undefined) return special;
  split(x);
  const half = 0.5 * fraction * fraction;
  const high = dropLowWord(fraction - half);
  const low = fraction - high - half + remainder(fraction, half);
  const main = high * PER_LN10_HIGH;
  const whole = exponent * LOG10_2_HIGH;
  const sum = whole + main;
  const small = exponent * LOG10_2_LOW + (low + high) * PER_LN10_LOW + low * PER_LN10_HIGH;
  return small + (whole - sum + main) + sum;
}

/** e to the power of x. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > EXP_MAX) return Infinity;
  if (x < EXP_MIN) return 0;
  const power = Math.trunc(Math.LOG2E * x + (x < 0 ? -0.5 : 0.5));
  const high = x - power * LN2_HIGH;
  const low = power * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t *
              (6.61375632143793436117e-5 +
                t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  const first = power >> 1; // In two steps, since 2^1024 and 2^−1075 have no double.
  return y * powerOfTwo(first) * powerOfTwo(power - first);
}

/** The answer where no calculation is needed. */
function limit(x: number): number | undefined {
  if (x === 0) return -Infinity;
  if (x < 0 || Number.isNaN(x)) return NaN;
  return x === Infinity ? x : undefined;
}

function split(x: number): void {
  let scale = 0;
  bits.setFloat64(0, x);
  if (bits.getUint32(0) < 0x00100000) {
    scale = 54; // A subnormal has no exponent of its own.
    bits.setFloat64(0, x * 2 ** 54);
  }
  const high = bits.getUint32(0) + SQRT_HALF_OFFSET;
  exponent = (high >>> 20) - 1023 - scale;
  bits.setUint32(0, (high & 0xfffff) + 0x3fe6a09e);
  fraction = bits.getFloat64(0) - 1;
}

/** ln(1 + f) − f + f²/2, by fdlibm's minimax polynomial in s = f / (2 + f). */
function remainder(f: number, half: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even =
    w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  return s * (half + (odd + even));
}

function dropLowWord(x: number): number {
  bits.setFloat64(0, x);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

function powerOfTwo(power: number): number {
  bits.setUint32(0, (power + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}
