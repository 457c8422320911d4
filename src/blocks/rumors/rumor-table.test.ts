import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Xoshiro128 } from '../../core/index.ts';
import { RumorTable } from './rumor-table.ts';
import { stopRule, type StopRuleName } from './stop-rule.ts';

const random = new Xoshiro128(1);
const PACKET = 1000;

function table(name: StopRuleName, k?: number, rumorsMax = 10): RumorTable<string> {
  return new RumorTable({ rule: stopRule(name, k), rumorsMax, bytesMax: 5000 });
}

const about = (id: string, bytes = 100, version = 0) => ({ id, version, bytes, content: id });
const idsOf = (rumors: readonly { readonly id: string | number }[]) => rumors.map(({ id }) => id);

test('what is learned in a round is told from the next on, until the rule says stop', () => {
  const rumors = table('blind-counter', 2);
  expect(rumors.isHot).toBe(false);
  rumors.beginRound(random);
  expect(rumors.learn(about('a'))).toBe('new');
  expect(rumors.learn(about('a'))).toBe('known');
  expect([rumors.isHot, rumors.knows('a'), rumors.knewBefore('a')]).toEqual([true, true, false]);
  expect(rumors.take(PACKET, 1, 0)).toEqual([]);
  for (let round = 0; round < 2; round++) {
    rumors.beginRound(random);
    expect(rumors.knewBefore('a')).toBe(true);
    expect(idsOf(rumors.take(PACKET, 1, 0))).toEqual(['a']);
  }
  rumors.beginRound(random);
  expect([rumors.isHot, rumors.size, rumors.take(PACKET, 1, 0)]).toEqual([false, 1, []]);
  expect(rumors.learn(about('a'))).toBe('known'); // Cooled, but remembered.
});

test('feedback is counted for the round and the version that it is about', () => {
  const rumors = table('feedback-counter', 1);
  rumors.learn(about('a'));
  rumors.learn(about('b'));
  rumors.beginRound(random);
  rumors.take(PACKET, 2, 0);
  rumors.answered('a', 0, false);
  rumors.answered('a', 0, true); // One of two contacts did not know it.
  rumors.answered('b', 0, false);
  rumors.answered('b', 7, true); // Of no version that was told.
  rumors.answered('c', 0, true);
  rumors.beginRound(random);
  expect(idsOf(rumors.take(PACKET, 2, 0))).toEqual(['a']);
});

test('a newer version takes the place of the older one, hot or cooled, and is hot', () => {
  const rumors = table('infect-and-die');
  rumors.learn(about('a', 100, 1));
  rumors.beginRound(random);
  expect(rumors.learn(about('a', 100, 0))).toBe('known');
  expect(rumors.learn(about('a', 200, 2))).toBe('new');
  expect(rumors.take(PACKET, 1, 0)).toEqual([]); // The old one is told no more.
  rumors.beginRound(random);
  expect(rumors.take(PACKET, 1, 0)).toEqual([about('a', 200, 2)]);
  rumors.beginRound(random);
  expect(rumors.isHot).toBe(false);
  expect(rumors.learn(about('a', 100, 3))).toBe('new');
  expect([rumors.isHot, rumors.size]).toEqual([true, 1]);
});

test('when not all fits, what has not been told for longest goes first', () => {
  const rumors = table('none');
  for (const id of ['a', 'b', 'c']) rumors.learn(about(id, 400));
  rumors.beginRound(random);
  const told = [10, 20, 30, 40].map((now) => idsOf(rumors.take(PACKET, 1, now)).join(''));
  expect(told).toEqual(['ab', 'ca', 'ba', 'ca']);
});

test('full: what cooled first is forgotten; when all is hot, the new one is refused', () => {
  const rumors = table('infect-and-die', undefined, 2);
  rumors.learn(about('a'));
  rumors.learn(about('b'));
  expect([rumors.learn(about('c')), rumors.overflows]).toEqual(['full', 1]);
  rumors.cool('a');
  expect(rumors.learn(about('c', 4901))).toBe('full'); // Even without a: so a is remembered.
  expect(rumors.knows('a')).toBe(true);
  expect(rumors.learn(about('c', 4900))).toBe('new');
  expect(['a', 'b', 'c'].map((id) => rumors.knows(id))).toEqual([false, true, true]);
  expect([...rumors.holdings()]).toEqual([
    { what: 'rumors', count: 2, countMax: 2 },
    { what: 'bytes of rumors', count: 5000, countMax: 5000 },
  ]);
});

test('it keeps its bounds, and never tells what is older than what it knows', () => {
  const id = fc.integer({ min: 0, max: 5 });
  const learn = fc.record({ id, version: fc.nat(5), bytes: fc.integer({ min: 1, max: 60 }) });
  const step = fc.oneof(learn, fc.constant('round' as const), fc.nat(200));
  const rules = fc.constantFrom<StopRuleName>('none', 'blind-counter', 'feedback-counter');
  fc.assert(
    fc.property(rules, fc.array(step, { maxLength: 80 }), (name, steps) => {
      const rule = name === 'none' ? stopRule(name) : stopRule(name, 2);
      const rumors = new RumorTable<number>({ rule, rumorsMax: 4, bytesMax: 150 });
      for (const [now, one] of steps.entries()) {
        if (one === 'round') rumors.beginRound(random);
        else if (typeof one === 'number') {
          const taken = rumors.take(one, 1, now);
          expect(taken.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(one);
          for (const { id, version = 0 } of taken) {
            expect([rumors.knows(id, version), rumors.knows(id, version + 1)]).toEqual([
              true,
              false,
            ]);
            rumors.answered(id, version, now % 3 === 0);
          }
        } else {
          const knew = rumors.knows(one.id, one.version);
          const learned = rumors.learn({ ...one, content: now });
          expect(learned === 'known').toBe(knew);
          if (learned !== 'full') expect(rumors.knows(one.id, one.version)).toBe(true);
        }
        for (const { count, countMax } of rumors.holdings()) {
          expect(count).toBeLessThanOrEqual(countMax);
        }
      }
    }),
  );
});
