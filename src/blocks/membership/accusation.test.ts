import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isHard, uniteAccusations, type Accusation, type Met } from './accusation.ts';

const METS: readonly Met[] = ['silence', 'refused', 'gone'];
const MAX = 4;
const accusation = fc.record({
  by: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
  met: fc.constantFrom(...METS),
});
/** As unions make them; what comes from the wire is brought into this form when it is heard. */
const set = fc.array(accusation, { maxLength: 9 }).map((all) => unite([], all));

function unite(a: readonly Accusation[], b: readonly Accusation[]): readonly Accusation[] {
  return uniteAccusations(a, b, MAX);
}

/** The definition: of each accuser the strongest, of these the strongest, then names in order. */
function expected(all: readonly Accusation[]): Accusation[] {
  const strongest = new Map<string, Accusation>();
  for (const one of all) {
    const known = strongest.get(one.by);
    if (known === undefined || METS.indexOf(one.met) > METS.indexOf(known.met)) {
      strongest.set(one.by, one);
    }
  }
  const order = (one: Accusation): string => `${2 - METS.indexOf(one.met)} ${one.by}`;
  return [...strongest.values()].toSorted((a, b) => (order(a) < order(b) ? -1 : 1)).slice(0, MAX);
}

test('refused and gone are more than silence', () => {
  expect(METS.map(isHard)).toEqual([false, true, true]);
});

test('a union is what its definition says, whatever is united', () => {
  const list = fc.array(accusation, { maxLength: 9 });
  fc.assert(
    fc.property(set, list, (a, b) => {
      expect(unite(a, b)).toEqual(expected([...a, ...b]));
    }),
  );
});

test('uniting is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(set, set, set, (a, b, c) => {
      expect(unite(a, b)).toEqual(unite(b, a));
      expect(unite(unite(a, b), c)).toEqual(unite(a, unite(b, c)));
      expect(unite(a, a)).toBe(a);
    }),
  );
});

test('what adds nothing gives the very same set back', () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      const both = unite(a, b);
      expect(unite(both, a)).toBe(both);
      expect(unite(both, b)).toBe(both);
      expect(unite(a, [])).toBe(a);
    }),
  );
});

test('what is given is left as it was', () => {
  const a: Accusation[] = [{ by: 'x', met: 'silence' }];
  const b: Accusation[] = [
    { by: 'x', met: 'gone' },
    { by: 'a', met: 'silence' },
  ];
  expect(unite(Object.freeze(a), Object.freeze(b))).toEqual([
    { by: 'x', met: 'gone' },
    { by: 'a', met: 'silence' },
  ]);
});

test('past the cap the weakest evidence goes, and of equals the last name', () => {
  const silent = ['a', 'b', 'c', 'd'].map((by): Accusation => ({ by, met: 'silence' }));
  expect(unite(silent, [{ by: 'e', met: 'silence' }])).toBe(silent);
  expect(unite(silent, [{ by: 'e', met: 'refused' }]).map(({ by }) => by)).toEqual([
    'e',
    'a',
    'b',
    'c',
  ]);
});
