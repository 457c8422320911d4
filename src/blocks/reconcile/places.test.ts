import { expect, test } from 'vitest';
import { Xoshiro128 } from '../../core/index.ts';
import { density, nextPlace, spread, SYMBOL_WORDS } from './places.ts';

test('a step inverts the probability of what lies beyond', () => {
  for (const place of [0, 1, 2, 10, 1000]) {
    for (const gap of [1, 2, 3, 17, 400]) {
      const beyond = ((place + 1) * (place + 2)) / ((place + gap + 1) * (place + gap + 2));
      const bits = beyond * 2 ** 32;
      expect(nextPlace(place, Math.ceil(bits + 1))).toBeLessThanOrEqual(place + gap);
      expect(nextPlace(place, Math.floor(bits - 1))).toBeGreaterThan(place + gap);
    }
  }
});

test('the next place lies ahead, whatever was drawn, and never beyond 2^32', () => {
  for (const place of [0, 1, 5, 16_383, 2 ** 31]) {
    expect(nextPlace(place, 2 ** 32 - 1)).toBe(place + 1);
    expect(nextPlace(place, 0)).toBeGreaterThan(place);
    expect(nextPlace(place, 0)).toBeLessThan(2 ** 32);
  }
});

test('facts are in a symbol as often as its density says', () => {
  const random = new Xoshiro128(11);
  const [facts, symbols] = [20_000, 200];
  const words = new Int32Array(symbols * SYMBOL_WORDS);
  for (let fact = 0; fact < facts; fact++) {
    const row = Int32Array.from({ length: 8 }, () => random.u32());
    spread(row, 0, 0, symbols, words, 1);
  }
  let squares = 0;
  for (let place = 1; place < symbols; place++) {
    const share = density(place);
    const count = words[place * SYMBOL_WORDS + 6]!;
    squares += (count - facts * share) ** 2 / (facts * share * (1 - share));
  }
  expect(words[6]).toBe(facts);
  // Chi-square with 199 degrees of freedom: within four standard deviations of 20.
  expect(Math.abs(squares - 199)).toBeLessThan(80);
});

test('taking out in two runs undoes adding in one', () => {
  const random = new Xoshiro128(13);
  const row = Int32Array.from({ length: 8 }, () => random.u32());
  const words = new Int32Array(100 * SYMBOL_WORDS);
  spread(row.slice(), 0, 0, 100, words, 1);
  expect(words.some((word) => word !== 0)).toBe(true);
  const again = row.slice();
  spread(again, 0, spread(again, 0, 0, 30, words, -1), 100, words, -1);
  expect(words.every((word) => word === 0)).toBe(true);
});
