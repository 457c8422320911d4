import { expect, test } from 'vitest';
import { Xoshiro128 } from '../../core/index.ts';
import { Disorder } from './disorder.ts';

const SAMPLES = 20_000;

function shares(disorder: Disorder<string>, from: string, to: string) {
  const random = new Xoshiro128(5);
  const seen = { held: 0, doubled: 0, heldMsMax: 0 };
  for (let i = 0; i < SAMPLES; i++) {
    const { heldMs, isDoubled } = disorder.decide(from, to, random);
    if (heldMs > 0) seen.held += 1 / SAMPLES;
    if (isDoubled) seen.doubled += 1 / SAMPLES;
    seen.heldMsMax = Math.max(seen.heldMsMax, heldMs);
  }
  return { ...seen, next: random.u32() };
}

test('shares of the network and of both ends add up as chances; the longest hold counts', () => {
  const disorder = new Disorder<string>();
  expect(disorder.isOn).toBe(false);
  disorder.setDuplication(0.2);
  disorder.setDuplication(0.5, 'a');
  disorder.setReordering(0.1, 50);
  disorder.setReordering(0.5, 400, 'b');
  expect(disorder.isOn).toBe(true);
  const both = shares(disorder, 'a', 'b');
  expect(both.doubled).toBeCloseTo(1 - 0.8 * 0.5, 1);
  expect(both.held).toBeCloseTo(1 - 0.9 * 0.5, 1);
  expect(both.heldMsMax).toBeGreaterThan(390);
  const neither = shares(disorder, 'c', 'd');
  expect(neither.doubled).toBeCloseTo(0.2, 1);
  expect(neither.heldMsMax).toBeLessThanOrEqual(50);
});

test('a decision draws the same whatever it decides, and all can be taken back', () => {
  const disorder = new Disorder<string>();
  disorder.setDuplication(1, 'a');
  const { next } = shares(disorder, 'a', 'b');
  disorder.setReordering(1, 100, 'b');
  expect(shares(disorder, 'a', 'b').next).toBe(next);
  disorder.setDuplication(0, 'a');
  disorder.setReordering(0, 100, 'b');
  expect(disorder.isOn).toBe(false);
});

test('what cannot be is misuse', () => {
  const disorder = new Disorder<string>();
  const bad = expect.objectContaining({ code: 'BAD_OPTION' });
  for (const fraction of [-0.1, 1.1, NaN]) {
    expect(() => disorder.setDuplication(fraction)).toThrow(bad);
    expect(() => disorder.setReordering(fraction, 1)).toThrow(bad);
  }
  for (const byMs of [-1, NaN, Infinity]) {
    expect(() => disorder.setReordering(0.5, byMs)).toThrow(bad);
  }
});
