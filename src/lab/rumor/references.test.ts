import { expect, test } from 'vitest';
import { compare, REFERENCES, runsFor, type Reference } from './references.ts';
import { rumor, spreadRumors } from './rumor.ts';
import { fixedPoint, infectAndDieMessages, residueInTheory } from './theory.ts';

const nameOf = ({ mode, fanout, stop, k, nodes }: Reference): string =>
  `${mode}, fanout ${fanout}, ${stop}${k === null ? '' : ` ${k}`}, n = ${nodes}`;

test.each(REFERENCES.map((reference) => [nameOf(reference), reference] as const))(
  'as others say: %s',
  (_name, reference) => {
    for (const comparison of compare(reference, runsFor(reference), 1)) {
      const { measure, value, measured, standardError, allowed, offset } = comparison;
      expect(standardError).toBeGreaterThan(0);
      expect(Math.abs(measured - value), `${measure}: ${measured}, not ${value}`).toBeLessThan(
        allowed,
      );
      if (offset === null) continue;
      const [low, high] = reference.offset!;
      expect(offset).toBeGreaterThan(low - allowed);
      expect(offset).toBeLessThan(high + allowed);
    }
  },
);

test('the list holds every row: rounds, infect-and-die, and mongering by two rules', () => {
  const count = (stop: string) => REFERENCES.filter((reference) => reference.stop === stop).length;
  expect(count('none')).toBe(20);
  expect([count('infect-and-die'), count('feedback-counter'), count('blind-coin')]).toEqual([
    4, 5, 5,
  ]);
});

test('a wrong model would be noticed: other rules and modes do not agree', () => {
  const wrong = (stop: Reference['stop'], change: Partial<Reference>) => {
    const reference = REFERENCES.find((one) => one.stop === stop && one.nodes === 1000)!;
    return compare({ ...reference, ...change }, runsFor(reference), 1);
  };
  for (const { agrees } of wrong('none', { mode: 'push-pull' })) expect(agrees).toBe(false);
  const [residue] = wrong('feedback-counter', { stop: 'blind-counter', k: 2 });
  expect(residue!.agrees).toBe(false);
});

test('infect-and-die: s = e^(−k(1−s)), and k(1−s) messages a node', () => {
  const residues = [2, 3, 4, 5].map((k) => fixedPoint(k).toFixed(4));
  expect(residues).toEqual(['0.2032', '0.0595', '0.0198', '0.0070']);
  expect(fixedPoint(1)).toBe(1);
  expect(infectAndDieMessages(3)).toBeCloseTo(3 * (1 - 0.05952), 4);
});

test('any push leaves e^(−messages/node)', () => {
  for (const stop of ['feedback-coin', 'transmit-limited', 'blind-counter'] as const) {
    const options = {
      mode: 'push',
      fanout: 1,
      stop,
      k: 3,
      nodes: 10_000,
      runs: 20,
      seed: 1,
    } as const;
    const { residueMean, messagesPerNodeMean } = rumor(options);
    const theory = residueInTheory('push', 1, stop, messagesPerNodeMean)!.value;
    expect(residueMean / theory).toBeGreaterThan(0.97);
    expect(residueMean / theory).toBeLessThan(1.03);
  }
});

test('the curve is the mean over runs, from the first node to whoever is told at all', () => {
  const options = { mode: 'push', fanout: 3, stop: 'infect-and-die', nodes: 500 } as const;
  const { known, result } = spreadRumors({ ...options, runs: 10, seed: 1 });
  expect(known[0]).toBeCloseTo(1 / 500, 12);
  expect(known).toHaveLength(result.roundsMax + 1);
  expect(known.at(-1)).toBeCloseTo(1 - result.residueMean, 12);
});

test('nonsense is refused', () => {
  const options = { mode: 'push', fanout: 1, stop: 'none', nodes: 10, runs: 1, seed: 1 } as const;
  for (const wrong of [
    { nodes: 0 },
    { runs: 0.5 },
    { fanout: 0 },
    { stop: 'blind-coin' as const },
  ]) {
    expect(() => rumor({ ...options, ...wrong })).toThrow(/: give /);
  }
});
