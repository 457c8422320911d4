import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Session } from './session.ts';

const kept = new Set<string>();

/** NodeIds that a filter tells apart, from letters that a reader does. */
const id = (letter: string): string => letter.charCodeAt(0).toString(16).repeat(8);

function create(strangersMax = 4): Session {
  kept.clear();
  return new Session((sender) => kept.has(sender), strangersMax);
}

test('own counters never come twice', () => {
  const session = create();
  expect([0, 1, 2].map(() => session.nextCounter())).toEqual([0, 1, 2]);
});

test('whom a node keeps a route to is taken at once, a stranger is held', () => {
  const session = create();
  kept.add(id('a'));
  expect(session.judge(id('a'), 7)).toBe('fresh');
  expect(session.judge(id('a'), 7)).toBe('replay');
  expect(session.judge(id('b'), 1)).toBe('hold');
  expect(session.size).toBe(1);
  session.admit(id('b'), 3);
  expect([1, 2, 3].map((counter) => session.judge(id('b'), counter))).toEqual([
    'fresh',
    'fresh',
    'replay', // The welcome itself.
  ]);
  session.admit(id('c'));
  expect(session.judge(id('c'), 0)).toBe('fresh');
});

test('answers `gone` of strangers need no epoch, and make none', () => {
  const session = create();
  expect([session.see(id('a'), 1), session.see(id('a'), 1)]).toEqual(['fresh', 'fresh']);
  session.admit(id('a'), 2);
  expect([session.see(id('a'), 3), session.see(id('a'), 3)]).toEqual(['fresh', 'replay']);
});

test('strangers are forgotten, kept routes never; then what came before a welcome is lost', () => {
  const session = create(2);
  kept.add(id('k'));
  session.judge(id('k'), 1);
  for (const stranger of [...'abcdef'].map(id)) {
    session.admit(stranger, 0);
    session.judge(stranger, 5);
  }
  expect(session.size).toBeLessThanOrEqual(1 + 2 * 2);
  expect(session.judge(id('k'), 1)).toBe('replay');
  expect(session.judge(id('a'), 5)).toBe('challenge'); // It may have been delivered: it was.
  kept.add(id('a'));
  expect(session.judge(id('a'), 5)).toBe('challenge');
  session.admit(id('a')); // A stream tells nothing about counters.
  expect(session.judge(id('a'), 5)).toBe('challenge');
  session.admit(id('a'), 9);
  expect([5, 9, 10].map((counter) => session.judge(id('a'), counter))).toEqual([
    'late',
    'late',
    'fresh',
  ]);
});

test('nothing is delivered twice, whoever comes and goes; and memory is bounded', () => {
  const sender = fc.constantFrom(...[...'abcdefghijklmnop'].map(id));
  const step = fc.oneof(
    fc.record({ does: fc.constant('send' as const), sender }),
    fc.record({ does: fc.constant('replay' as const), at: fc.nat() }),
    fc.record({ does: fc.constant('keep' as const), sender }),
    fc.record({ does: fc.constant('drop' as const), sender }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const session = create(3);
      const counters = new Map<string, number>();
      const sent: [string, number][] = [];
      const delivered = new Set<string>();
      const next = (from: string): number => {
        counters.set(from, (counters.get(from) ?? -1) + 1);
        return counters.get(from)!;
      };
      const arrive = (from: string, counter: number): void => {
        let verdict = session.judge(from, counter);
        if (verdict === 'hold' || verdict === 'challenge') {
          const holds = verdict === 'hold';
          session.admit(from, next(from));
          verdict = holds ? session.judge(from, counter) : 'late';
        }
        if (verdict !== 'fresh') return;
        expect(delivered.has(`${from} ${counter}`)).toBe(false);
        delivered.add(`${from} ${counter}`);
      };
      for (const one of steps) {
        if (one.does === 'keep') kept.add(one.sender);
        else if (one.does === 'drop') kept.delete(one.sender);
        else if (one.does === 'send') {
          sent.push([one.sender, next(one.sender)]);
          arrive(...sent.at(-1)!);
        } else if (sent.length > 0) arrive(...sent[one.at % sent.length]!);
        expect(session.size).toBeLessThanOrEqual(kept.size + 16);
      }
    }),
  );
});
