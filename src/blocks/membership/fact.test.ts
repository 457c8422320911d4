import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalFacts, equalTags, makeFact, type Fact } from './fact.ts';

const base: Omit<Fact, 'hash'> = {
  name: 'api-1',
  nodeId: '00000000000000aa',
  peer: 3,
  start: 1_700_000_000_000,
  born: 1_700_000_000_000,
  counter: 1,
  streams: 'yes',
  tags: { role: 'worker' },
  slot: -1,
  bytes: 60,
};

test.each<[string, Partial<Fact>]>([
  ['name', { name: 'api-2' }],
  ['nodeId', { nodeId: '00000000000000ab' }],
  ['peer', { peer: 4 }],
  ['start', { start: base.start + 1 }],
  ['start, in its upper bits', { start: base.start + 2 ** 32 }],
  ['born', { born: base.born - 1 }],
  ['counter', { counter: 2 }],
  ['streams', { streams: 'no' }],
  ['tags', { tags: { role: 'cache' } }],
])('facts that differ in %s are not equal', (_what, change) => {
  expect(equalFacts(makeFact(base), makeFact({ ...base, ...change }))).toBe(false);
});

test('facts of equal content are equal, whatever slot or size they were given', () => {
  const copy = makeFact({ ...base, tags: { ...base.tags }, slot: 9, bytes: 99 });
  expect(equalFacts(makeFact(base), copy)).toBe(true);
});

test('the hash is of name, life and counter, and of nothing else', () => {
  const { hash } = makeFact(base);
  expect(makeFact({ ...base, peer: 9, streams: 'no', tags: {}, born: 1, slot: 5 }).hash).toBe(hash);
  const changes: Partial<Fact>[] = [
    { name: 'api-2' },
    { nodeId: '00000000000000ab' },
    { start: base.start + 1 },
    { start: base.start + 2 ** 32 },
    { counter: 2 },
    { counter: 2 ** 32 - 1 },
  ];
  const hashes = changes.map((change) => makeFact({ ...base, ...change }).hash);
  expect(new Set([hash, ...hashes]).size).toBe(changes.length + 1);
  for (const one of hashes) expect(one).toBe(one >>> 0);
});

test('tags are equal by their own keys and values, whatever their order', () => {
  const tags = fc.dictionary(fc.constantFrom('a', 'b', 'toString'), fc.constantFrom('1', '2'));
  fc.assert(
    fc.property(tags, tags, (a, b) => {
      const sorted = (of: object): string => Object.entries(of).map(String).toSorted().join();
      expect(equalTags(a, b)).toBe(sorted(a) === sorted(b));
      expect(equalTags(a, Object.fromEntries(Object.entries(a).toReversed()))).toBe(true);
    }),
  );
});
