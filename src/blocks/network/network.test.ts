import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Xoshiro128 } from '../../core/index.ts';
import { Cuts } from './cuts.ts';
import { latency, normal, type LatencyModel } from './latency.ts';
import { LOST, Network, REJECTED } from './network.ts';

const SAMPLES = 100_000;

function samples(model: LatencyModel): number[] {
  const random = new Xoshiro128(7, model.type);
  const distribution = latency(model);
  return Array.from({ length: SAMPLES }, () => distribution.sampleMs(random)).sort((a, b) => a - b);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test('latencies follow their distributions', () => {
  expect(new Set(samples({ type: 'constant', ms: 20 }))).toEqual(new Set([20]));

  const uniform = samples({ type: 'uniform', minMs: 10, maxMs: 30 });
  expect(uniform[0]).toBeGreaterThanOrEqual(10);
  expect(uniform.at(-1)).toBeLessThan(30);
  expect(mean(uniform)).toBeCloseTo(20, 0);

  const lognormal = samples({ type: 'lognormal', medianMs: 20, sigma: 0.5 });
  expect(lognormal[0]).toBeGreaterThan(0);
  expect(lognormal[SAMPLES / 2]! / 20).toBeCloseTo(1, 1);
  // 20 · e^(0.5 · 2.326): the 99th percentile of the normal distribution is 2.326.
  expect(lognormal[SAMPLES * 0.99]! / 64).toBeCloseTo(1, 1);
});

test('normal samples have mean 0, variance 1 and no skew', () => {
  const random = new Xoshiro128(7, 'normal');
  const values = Array.from({ length: SAMPLES }, () => normal(random));
  expect(mean(values)).toBeCloseTo(0, 1);
  expect(mean(values.map((x) => x ** 2))).toBeCloseTo(1, 1);
  expect(mean(values.map((x) => x ** 3))).toBeCloseTo(0, 1);
  expect(mean(values.map((x) => x ** 4))).toBeCloseTo(3, 0);
});

test('models that cannot be are misuse', () => {
  const bad = expect.objectContaining({ code: 'BAD_OPTION' });
  const models = [
    { type: 'constant', ms: -1 },
    { type: 'constant', ms: Infinity },
    { type: 'uniform', minMs: 2, maxMs: 1 },
    { type: 'lognormal', medianMs: 1, sigma: NaN },
    { type: 'cauchy' },
  ] as LatencyModel[];
  for (const model of models) expect(() => latency(model)).toThrow(bad);
  for (const loss of [-0.1, 1.1, NaN]) {
    expect(() => new Network({ latency: models[0]!, loss })).toThrow(bad);
  }
});

test('a cut is symmetric, spares its own groups, and a dropping one wins', () => {
  const places = fc.subarray([1, 2, 3, 4, 5]);
  const place = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(places, places, place, place, (one, two, a, b) => {
      const cuts = new Cuts<number>();
      cuts.cut('reject', [one], 'reject');
      cuts.cut('drop', [two], 'drop');
      const expected =
        two.includes(a) !== two.includes(b)
          ? 'drop'
          : one.includes(a) !== one.includes(b)
            ? 'reject'
            : undefined;
      expect(cuts.between(a, b)).toBe(expected);
      expect(cuts.between(b, a)).toBe(expected);
      cuts.heal('drop');
      cuts.heal('reject');
      expect(cuts.between(a, b)).toBeUndefined();
    }),
  );
});

test('a one-way cut stops one direction, a pair cut both of its pairs alone', () => {
  const cuts = new Cuts<string>();
  const stopped = (): string[] =>
    ['ab', 'ba', 'bc', 'cb', 'ac', 'ca', 'aa'].filter(
      (way) => cuts.between(way.charAt(0), way.charAt(1)) !== undefined,
    );
  cuts.cutOneWay('one way', ['a', 'b'], ['c'], 'drop');
  expect(stopped()).toEqual(['bc', 'ac']);
  cuts.cutPairs('pairs', [['b', 'a']], 'reject');
  expect(stopped()).toEqual(['ab', 'ba', 'bc', 'ac']);
  cuts.cutOneWay('one way', ['b'], ['a'], 'drop');
  expect(stopped()).toEqual(['ab', 'ba']);
  expect([cuts.between('a', 'b'), cuts.between('b', 'a')]).toEqual(['reject', 'drop']);
  cuts.heal('pairs');
  expect(stopped()).toEqual(['ba']);
});

test('two latencies for one pair of zones are misuse', () => {
  const ms = (value: number) => ({ type: 'constant', ms: value }) as const;
  const pairs = [
    { zones: ['eu', 'us'], latency: ms(1) },
    { zones: ['us', 'eu'], latency: ms(2) },
  ] as const;
  const model = { type: 'zones', within: ms(1), between: ms(2), pairs } as const;
  expect(() => new Network({ latency: model })).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION' }),
  );
});

test('a decision draws the same whatever it decides', () => {
  const network = new Network<string>({ latency: { type: 'uniform', minMs: 1, maxMs: 2 } });
  const decide = (): [number, number] => {
    const random = new Xoshiro128(1);
    return [network.decide('a', 'b', random), random.u32()];
  };
  const [delayMs, next] = decide();
  expect(delayMs).toBeGreaterThanOrEqual(1);
  network.setLoss(1);
  expect(decide()).toEqual([LOST, next]);
  network.setLoss(0);
  network.setLoss(1, 'b');
  expect(decide()).toEqual([LOST, next]);
  network.cuts.cut('', [['a']], 'reject');
  expect(decide()).toEqual([REJECTED, next]);
  network.cuts.cut('', [['a']], 'drop');
  expect(decide()).toEqual([LOST, next]);
  network.cuts.heal();
  network.setLoss(0, 'b');
  expect(decide()).toEqual([delayMs, next]);
  network.setDelay(5, 'a');
  network.setDelay(7, 'b');
  expect(decide()).toEqual([delayMs + 12, next]);
  network.setDelay(0, 'a');
  expect(decide()).toEqual([delayMs + 7, next]);
});

test('losses of the network and of both ends add up as chances', () => {
  const network = new Network<string>({ latency: { type: 'constant', ms: 1 }, loss: 0.2 });
  network.setLoss(0.5, 'a');
  network.setLoss(0.25, 'b');
  const random = new Xoshiro128(3);
  let lost = 0;
  for (let i = 0; i < SAMPLES; i++) if (network.decide('a', 'b', random) === LOST) lost++;
  expect(lost / SAMPLES).toBeCloseTo(1 - 0.8 * 0.5 * 0.75, 2);
});
