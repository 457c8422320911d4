import { expect, test } from 'vitest';
import { exp, ln, log10, log2 } from './logarithm.ts';
import { Xoshiro128 } from './random.ts';

const SAMPLES = 200_000;
const bits = new DataView(new ArrayBuffer(8));

/** Distance in units of the last place: doubles of one sign count like their bits. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  if (Math.sign(a) !== Math.sign(b)) return Infinity;
  return Number(bitsOf(a) > bitsOf(b) ? bitsOf(a) - bitsOf(b) : bitsOf(b) - bitsOf(a));
}

function bitsOf(x: number): bigint {
  bits.setFloat64(0, x);
  return bits.getBigUint64(0);
}

/** Any positive finite double, subnormal ones included. */
function anyPositive(random: Xoshiro128): number {
  bits.setUint32(0, random.below(0x7ff00000));
  bits.setUint32(4, random.u32());
  return bits.getFloat64(0);
}

/** Close to 1, where cancellation threatens. */
function nearOne(random: Xoshiro128): number {
  return 1 + (random.float() - 0.5) * 2 ** -random.below(50);
}

function worst(mine: (x: number) => number, theirs: (x: number) => number): number {
  const random = new Xoshiro128(2026, 'logarithm');
  let worst = 0;
  for (let i = 0; i < SAMPLES; i++) {
    for (const x of [anyPositive(random), nearOne(random), random.float() * 1e6 + 1e-9]) {
      worst = Math.max(worst, ulps(mine(x), theirs(x)));
    }
  }
  return worst;
}

test('logarithms are within 1 ulp of the engine', () => {
  expect(worst(ln, Math.log)).toBeLessThanOrEqual(1);
  expect(worst(log2, Math.log2)).toBeLessThanOrEqual(1);
  // V8 computes log10 by the older fdlibm formula, itself off by more than half an ulp.
  expect(worst(log10, Math.log10)).toBeLessThanOrEqual(2);
});

test('logarithms are within 1 ulp of the truth', () => {
  const random = new Xoshiro128(2026, 'truth');
  const ln10 = lnFixed(10);
  let worst = 0;
  for (let i = 0; i < 2000; i++) {
    for (const x of [anyPositive(random), nearOne(random), random.float() * 1e6 + 1e-9]) {
      const truth = lnFixed(x);
      worst = Math.max(worst, errorUlps(ln(x), truth));
      worst = Math.max(worst, errorUlps(log2(x), (truth << FIXED_BITS) / LN2_FIXED));
      worst = Math.max(worst, errorUlps(log10(x), (truth << FIXED_BITS) / ln10));
    }
  }
  expect(worst).toBeLessThan(1);
});

test('exp is within 1 ulp of the engine', () => {
  const random = new Xoshiro128(2026, 'exp');
  let worst = 0;
  for (let i = 0; i < SAMPLES; i++) {
    for (const x of [(random.float() - 0.5) * 1500, (random.float() - 0.5) * 4]) {
      worst = Math.max(worst, ulps(exp(x), Math.exp(x)));
    }
  }
  expect(worst).toBeLessThanOrEqual(1);
});

test('powers of two and ten come out whole', () => {
  for (let power = -1074; power <= 1023; power++) expect(log2(2 ** power)).toBe(power);
  for (let power = 0; power <= 22; power++) expect(log10(10 ** power)).toBe(power);
});

test('the edges are those of Math', () => {
  for (const x of [0, -0, -1, NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE, 1]) {
    expect(ulps(ln(x), Math.log(x))).toBeLessThanOrEqual(1);
    expect(ulps(log2(x), Math.log2(x))).toBeLessThanOrEqual(1);
    expect(ulps(log10(x), Math.log10(x))).toBeLessThanOrEqual(1);
  }
  for (const x of [0, -0, NaN, Infinity, -Infinity, 709.78, 710, -745.1, -746, -708.5, 1]) {
    expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(1);
  }
});

/** Fixed point with 160 fractional bits: far below the ulp of any logarithm that is not 0. */
const FIXED_BITS = 160n;
const ONE = 1n << FIXED_BITS;
const LN2_FIXED = twiceAtanh(ONE / 3n);

function lnFixed(x: number): bigint {
  let power = 0n;
  let mantissa = x;
  while (mantissa >= 1.5) {
    mantissa /= 2;
    power++;
  }
  while (mantissa < 0.75) {
    mantissa *= 2;
    power--;
  }
  const m = BigInt(mantissa * 2 ** 53) << (FIXED_BITS - 53n);
  return power * LN2_FIXED + twiceAtanh(((m - ONE) << FIXED_BITS) / (m + ONE));
}

/** 2 · atanh(s), by its series. */
function twiceAtanh(s: bigint): bigint {
  const square = (s * s) >> FIXED_BITS;
  let sum = 0n;
  let power = s;
  for (let odd = 1n; power !== 0n && power !== -1n; odd += 2n) {
    sum += power / odd;
    power = (power * square) >> FIXED_BITS;
  }
  return 2n * sum;
}

/** How far a double is from a fixed-point value, in units of the double's last place. */
function errorUlps(value: number, truth: bigint): number {
  bits.setFloat64(0, value);
  const exponent = (bits.getUint32(0) >>> 20) & 0x7ff;
  if (value === 0) return truth === 0n ? 0 : Infinity;
  const ulpShift = FIXED_BITS + BigInt(exponent) - 1075n;
  const mantissa = (bits.getBigUint64(0) & 0xfffffffffffffn) | (1n << 52n);
  const fixed = (mantissa << ulpShift) * (value < 0 ? -1n : 1n);
  return Math.abs(Number(((fixed - truth) * 1000n) >> ulpShift)) / 1000;
}
