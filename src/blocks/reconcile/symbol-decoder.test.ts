import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Xoshiro128 } from '../../core/index.ts';
import { FactSet } from './fact-set.ts';
import { COUNT, SYMBOL_WORDS } from './places.ts';
import { drawSaltKey, Salt } from './salt.ts';
import { SymbolDecoder } from './symbol-decoder.ts';
import { SymbolEncoder } from './symbol-encoder.ts';
import type { Symbols } from './symbols.ts';

interface Sides {
  readonly here: FactSet;
  readonly there: FactSet;
  readonly onlyHere: readonly Uint8Array[];
  readonly onlyThere: readonly Uint8Array[];
  readonly random: Xoshiro128;
}

function sidesOf(seed: number, both: number, here: number, there: number): Sides {
  const random = new Xoshiro128(seed, 'sides');
  const digests = (count: number): Uint8Array[] =>
    Array.from({ length: count }, () => Uint8Array.from({ length: 16 }, () => random.below(256)));
  const common = digests(both);
  const [onlyHere, onlyThere] = [digests(here), digests(there)];
  const setOf = (mine: readonly Uint8Array[]): FactSet => {
    const set = new FactSet();
    for (const digest of [...common, ...mine]) set.add(digest);
    return set;
  };
  return { here: setOf(onlyHere), there: setOf(onlyThere), onlyHere, onlyThere, random };
}

function sessionOf({ here, there, random }: Sides, symbolsMax?: number) {
  const salt = new Salt(drawSaltKey(random));
  const options = symbolsMax === undefined ? {} : { symbolsMax };
  const decoder = new SymbolDecoder(new SymbolEncoder(here, salt), salt, options);
  return { decoder, encoder: new SymbolEncoder(there, new Salt(salt.key)) };
}

/** Takes symbols until it is decided; how many, and in how many steps. */
function run(
  { decoder, encoder }: ReturnType<typeof sessionOf>,
  wanted = (_taken: number): number => decoder.wanted,
): { readonly symbols: number; readonly steps: number } {
  let steps = 0;
  while (decoder.state === 'more') {
    decoder.take(encoder.symbols(decoder.taken, wanted(decoder.taken)));
    steps++;
  }
  return { symbols: decoder.taken, steps };
}

const oneByOne = (taken: number): number => taken + 1;

test('any two sets: what either lacks is found, and nothing else', () => {
  const numbers = fc.tuple(fc.nat(), fc.nat(80), fc.nat(40), fc.nat(40));
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 50 }), ([seed, both, left, right], step) => {
      const sides = sidesOf(seed, both, left, right);
      const session = sessionOf(sides);
      run(session, (taken) => taken + step);
      const { decoder, encoder } = session;
      expect(decoder.state).toBe('done');
      const { onlyHere, onlyThere, onlyThereIds } = decoder.difference!;
      expect(sortedTexts(onlyHere.map((slot) => sides.here.digestOf(slot)))).toEqual(
        sortedTexts(sides.onlyHere),
      );
      expect(sortedTexts(onlyThere)).toEqual(sortedTexts(sides.onlyThere));
      // And the other side knows which are asked for.
      const asked = encoder.slotsOf(onlyThereIds).map((slot) => sides.there.digestOf(slot));
      expect(sortedTexts(asked)).toEqual(sortedTexts(sides.onlyThere));
    }),
    { numRuns: 300 },
  );
});

test('symbols a difference are those of the paper', () => {
  // Reference and its last digit; of so many runs.
  for (const [differences, reference, runs] of [
    [1, 1, 50],
    [10, 1.72, 800],
    [100, 1.46, 150],
    [1000, 1.38, 10],
  ] as const) {
    const taken = Array.from({ length: runs }, (_, seed) => {
      const left = Math.floor(differences / 2);
      const session = sessionOf(sidesOf(seed, 5, left, differences - left));
      return run(session, oneByOne).symbols / differences;
    });
    const mean = taken.reduce((sum, one) => sum + one, 0) / runs;
    const variance = taken.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (runs - 1);
    // Nothing is known of the reference's own error: its last digit alone is allowed for.
    const error = 3 * Math.sqrt(variance / runs) + 0.005;
    expect(Math.abs(mean - reference), `${differences}: ${mean}`).toBeLessThanOrEqual(error);
  }
}, 30_000);

test('the plan spends at most 2.2 symbols on each of 1,000 differences, in six steps', () => {
  for (let seed = 0; seed < 30; seed++) {
    const { symbols, steps } = run(sessionOf(sidesOf(seed, 100, 500, 500)));
    expect(symbols).toBeLessThanOrEqual(2200);
    expect(steps).toBeLessThanOrEqual(6);
  }
});

test('the estimate from 400 symbols lies within a third of the truth', () => {
  for (const [left, right] of [
    [1000, 1000],
    [2000, 0],
    [100, 700],
  ] as const) {
    const { decoder, encoder } = sessionOf(sidesOf(left, 50, left, right));
    expect(decoder.estimate).toBeUndefined();
    decoder.take(encoder.symbols(0, 400));
    expect(decoder.state).toBe('more');
    expect(decoder.estimate! / (left + right)).toBeGreaterThan(2 / 3);
    expect(decoder.estimate! / (left + right)).toBeLessThan(4 / 3);
  }
});

test('what comes twice changes nothing, and a gap is not taken', () => {
  const { decoder, encoder } = sessionOf(sidesOf(5, 30, 20, 20));
  decoder.take(encoder.symbols(0, 16));
  decoder.take(encoder.symbols(0, 16));
  decoder.take(encoder.symbols(20, 40));
  expect(decoder.taken).toBe(16);
  decoder.take(encoder.symbols(8, 200));
  expect(decoder.state).toBe('done');
  expect(decoder.difference!.onlyHere).toHaveLength(20);
});

test('more differences than the bound allows are said, not found', () => {
  const session = sessionOf(sidesOf(5, 30, 100, 100), 64);
  expect(run(session).symbols).toBe(64);
  expect([session.decoder.state, session.decoder.difference]).toEqual(['exhausted', undefined]);
});

test('two sides with different salts end at the bound, or sooner', () => {
  const { here, there, random } = sidesOf(5, 200, 0, 0);
  const salt = new Salt(drawSaltKey(random));
  const decoder = new SymbolDecoder(new SymbolEncoder(here, salt), salt, { symbolsMax: 300 });
  run({ decoder, encoder: new SymbolEncoder(there, new Salt(drawSaltKey(random))) }, oneByOne);
  expect(decoder.state).not.toBe('more');
  expect(decoder.state).not.toBe('done');
});

test('garbage ends within the bound', () => {
  const word = fc.oneof(fc.constantFrom(0, 1, -1, 2 ** 31 - 1, -(2 ** 31)), fc.integer());
  const symbol = fc.array(word, { minLength: SYMBOL_WORDS, maxLength: SYMBOL_WORDS });
  fc.assert(
    fc.property(fc.array(symbol, { minLength: 1, maxLength: 60 }), fc.nat(20), (rows, facts) => {
      const { decoder } = sessionOf(sidesOf(facts, facts, 0, 0), 128);
      const words = Int32Array.from(rows.flat());
      while (decoder.state === 'more') decoder.take({ from: decoder.taken, words });
      expect(decoder.taken).toBeLessThanOrEqual(128);
      if (decoder.state === 'done') expect(decoder.difference!.onlyThere).toHaveLength(0);
    }),
  );
});

test('counts beyond all measure ask for no more than the bound', () => {
  const { decoder } = sessionOf(sidesOf(1, 5, 0, 0), 1000);
  const words = new Int32Array(16 * SYMBOL_WORDS).fill(2 ** 31 - 1);
  expect(decoder.take({ from: 0, words })).toBe('more');
  expect(decoder.wanted).toBe(1000);
});

test('an encoder makes no more than its bound, whoever asks', () => {
  const { encoder } = sessionOf(sidesOf(1, 1, 0, 0));
  expect(encoder.symbols(16_380, 1e12).words).toHaveLength(4 * SYMBOL_WORDS);
  expect([encoder.made, encoder.symbols(20_000, 1e12).words.length]).toEqual([16_384, 0]);
});

/** Honest symbols, of which some words were changed on the way. */
function mangled(symbols: Symbols, changes: readonly (readonly [number, number])[]): Symbols {
  const words = symbols.words.slice();
  for (const [at, bits] of changes) words[at % words.length]! ^= bits;
  return { ...symbols, words };
}

test('mangled symbols never tell a difference that is none', () => {
  const change = fc.tuple(fc.nat(), fc.integer({ min: 1 }));
  fc.assert(
    fc.property(fc.nat(1000), fc.array(change, { minLength: 1, maxLength: 4 }), (seed, changes) => {
      const sides = sidesOf(seed, 30, 5, 5);
      const { decoder, encoder } = sessionOf(sides, 200);
      decoder.take(mangled(encoder.symbols(0, 60), changes));
      while (decoder.state === 'more') decoder.take(encoder.symbols(decoder.taken, 200));
      if (decoder.state !== 'done') return;
      const found = decoder.difference!;
      expect(sortedTexts(found.onlyThere)).toEqual(sortedTexts(sides.onlyThere));
    }),
    { numRuns: 300 },
  );
});

/** A symbol row that says: exactly this fact, so many times. */
function claim(salt: Salt, digest: readonly number[], count: number): number[] {
  const row = new Int32Array(8);
  row.set(digest);
  salt.salt(row, 0);
  return [...row.subarray(0, COUNT), count];
}

test('symbols made so that peeling would never end are invalid', () => {
  const empty = new FactSet();
  const random = new Xoshiro128(3);
  const salt = new Salt(drawSaltKey(random));
  // The same fact in each of many symbols: peeled once, it reappears where it does not belong.
  const words = Int32Array.from(
    Array.from({ length: 64 }, (_, i) => claim(salt, [1, 2, 3, 4], i % 2 === 0 ? 1 : -1)).flat(),
  );
  const decoder = new SymbolDecoder(new SymbolEncoder(empty, salt), salt);
  expect(decoder.take({ from: 0, words })).toBe('invalid');
  // Another fact in each: more than so many symbols can tell.
  const many = Int32Array.from(
    Array.from({ length: 64 }, (_, i) => claim(salt, [1, 2, 3, i], 1)).flat(),
  );
  const other = new SymbolDecoder(new SymbolEncoder(empty, salt), salt);
  expect(other.take({ from: 0, words: many })).toBe('invalid');
});

test('a claim that contradicts what is here is invalid', () => {
  const random = new Xoshiro128(3);
  const salt = new Salt(drawSaltKey(random));
  // Nobody but this side can know what only this side holds: it must be here.
  const words = Int32Array.from(claim(salt, [1, 2, 3, 4], -1));
  const lacking = new SymbolDecoder(new SymbolEncoder(new FactSet(), salt), salt);
  expect(lacking.take({ from: 0, words })).toBe('invalid');
});

function sortedTexts(digests: readonly Uint8Array[]): string[] {
  return digests.map(String).sort();
}
