import { expect, test } from 'vitest';
import { Absences } from './absences.ts';
import type { ObservedNode } from './checker.ts';

const SECOND_MS = 1000;
const rememberedMs = 100 * SECOND_MS;

/** Spans in seconds, in which a node is hurt by a fault. */
type Spans = readonly (readonly [number, number])[];

function nodeAt(name: string, hurt: Spans, second: number, hasData: boolean): ObservedNode {
  const isHurt = hurt.some(([from, until]) => second >= from && second < until);
  const since = Math.max(0, ...hurt.map(([, until]) => (until <= second ? until : 0)));
  return {
    name,
    member: name,
    cluster: 'test',
    self: 1,
    isUp: true,
    stopReason: undefined,
    healthySinceMs: isHurt ? undefined : since * SECOND_MS,
    downSinceMs: undefined,
    members: () => [],
    holdings: () => [],
    heldData: () =>
      hasData ? [{ owner: undefined, isOwn: false, key: 'k', rank: '1', content: 'x' }] : [],
    timers: () => 0,
    forgettings: 0,
    checksum: () => 0,
  };
}

/** After so many seconds, with data from some second on. */
function watched(seconds: number, of: Readonly<Record<string, Spans>>, dataFrom = 0): Absences {
  const absences = new Absences({ rememberedMs, errorMs: 10 * SECOND_MS });
  for (let second = 0; second <= seconds; second++) {
    const nodes = Object.entries(of).map(([name, hurt]) => {
      return nodeAt(name, hurt, second, second >= dataFrom);
    });
    const elapsedMs = second * SECOND_MS;
    absences.observe({ elapsedMs, quietSinceMs: 0, nodes, ownerOf: () => undefined });
  }
  return absences;
}

test('what is untouched for a while between two troubles was not away for both', () => {
  expect(
    watched(300, {
      a: [
        [20, 90],
        [120, 190],
      ],
    }).isShort,
  ).toBe(true);
  expect(
    watched(300, {
      a: [
        [20, 90],
        [95, 165],
      ],
    }).isShort,
  ).toBe(false);
});

test('an absence is short if clocks that are wrong find it so, too', () => {
  expect(watched(300, { a: [[20, 95]] }).isShort).toBe(true);
  expect(watched(300, { a: [[20, 110]] }).isShort).toBe(false);
});

test('absences that overlap are one, of whoever it was', () => {
  expect(watched(300, { a: [[20, 70]], b: [[20, 70]] }).isShort).toBe(true);
  expect(watched(300, { a: [[20, 70]], b: [[60, 120]] }).isShort).toBe(false);
  expect(watched(300, { a: [[20, 70]], b: [[100, 150]] }).isShort).toBe(true);
});

test('a long absence is witnessed by who was there and has had data for longer', () => {
  const away: Spans = [[50, 190]];
  expect(watched(300, { a: away, b: [] }).isWitnessed).toBe(true);
  expect(watched(300, { a: away, b: [] }, 40).isWitnessed).toBe(false);
  expect(watched(300, { a: away, b: [[60, 170]] }).isWitnessed).toBe(false);
  expect(watched(300, { a: away }).isWitnessed).toBe(false);
});
