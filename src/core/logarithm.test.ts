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
  expect(worst(log10, Math.log10)).toBeLessThanOrEqual(1);
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
