import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cheapestFrom, differenceGrid, sweepSync } from './sync-sweep.ts';
import { SYNC_FACT_BYTES, SYNC_STRATEGIES, SyncTrial, type SyncStrategy } from './sync.ts';

const load = { facts: 10_000, seed: 1 };

test('any two nodes agree in the end, by every strategy', () => {
  const numbers = fc.record({
    facts: fc.nat(300),
    differences: fc.nat(600),
    owners: fc.integer({ min: 2, max: 40 }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(numbers, ({ differences, ...rest }) => {
      const load = { ...rest, differences: Math.min(differences, 2 * rest.facts) };
      const trial = new SyncTrial(load);
      for (const strategy of SYNC_STRATEGIES) {
        const { complete, factBytes } = trial.run({ strategy });
        expect({ strategy, complete }).toEqual({ strategy, complete: true });
        expect(factBytes).toBe(load.differences * SYNC_FACT_BYTES);
      }
    }),
    { numRuns: 60 },
  );
});

test('push, pull and push-pull are one, two and at most three messages', () => {
  const trial = new SyncTrial({ facts: 500, differences: 20, seed: 3 });
  const told = (strategy: SyncStrategy, mode: 'push' | 'pull' | 'push-pull') => {
    const { messages, factBytes, complete } = trial.run({ strategy, mode });
    return [messages, factBytes / SYNC_FACT_BYTES, complete];
  };
  expect(told('full', 'push')).toEqual([1, 10, false]);
  for (const strategy of ['full', 'checksum', 'digest', 'three-way'] as const) {
    expect([strategy, ...told(strategy, 'pull')]).toEqual([strategy, 2, 10, false]);
    const messages = strategy === 'full' ? 2 : 3;
    expect([strategy, ...told(strategy, 'push-pull')]).toEqual([strategy, messages, 20, true]);
  }
  expect(told('rateless', 'pull').slice(1)).toEqual([10, false]);
  expect(() => trial.run({ strategy: 'digest', mode: 'push' })).toThrow('digest has no push');
});

test('equal nodes find that out for 94 bytes', () => {
  const trial = new SyncTrial({ ...load, differences: 0 });
  for (const strategy of ['checksum', 'rateless'] as const) {
    expect(trial.run({ strategy })).toMatchObject({ bytes: 94, messages: 2, factBytes: 0 });
  }
});

test('the same load and strategy are the same result', () => {
  const results = [1, 1, 2].map((seed) =>
    new SyncTrial({ facts: 400, differences: 30, seed }).run({ strategy: 'rateless' }),
  );
  expect(results[0]).toEqual(results[1]);
  const { seed: _, ...other } = results[2]!;
  expect(results[0]).not.toMatchObject(other);
});

test('what one side holds is lacked by the other: all new, or all gone', () => {
  const disjoint = new SyncTrial({ facts: 50, differences: 100, seed: 1 });
  expect(disjoint.run({ strategy: 'rateless' })).toMatchObject({
    complete: true,
    factBytes: 10_000,
  });
  expect(() => new SyncTrial({ facts: 50, differences: 101, seed: 1 })).toThrow('twice');
  const nothing = new SyncTrial({ facts: 0, differences: 0, seed: 1 });
  expect(nothing.run({ strategy: 'rateless' })).toMatchObject({ complete: true, bytes: 94 });
});

test('ten differences among 10,000 facts cost less than 1 kB in nine of ten cases', () => {
  const costs = Array.from({ length: 40 }, (_, seed) => {
    const trial = new SyncTrial({ facts: 200, differences: 10, seed });
    return trial.run({ strategy: 'rateless' }).bytes;
  });
  // Counts of 10,000 facts take up to a byte more for each of some 20 symbols.
  expect(costs.filter((bytes) => bytes <= 980).length).toBeGreaterThanOrEqual(36);
});

test('systems cost what their encodings say', () => {
  const trial = new SyncTrial({ facts: 1000, owners: 1000, differences: 0, seed: 1 });
  // memberlist: 164 B for each of 1,000 members, both ways, in three pieces of 64 kB each.
  expect(trial.run({ strategy: 'memberlist' }).bytes).toBe(2 * (7 + 164_000 + 3 * 40));
  // chitchat: a digest of 51 B for each of 1,000 nodes, both ways.
  expect(trial.run({ strategy: 'chitchat' }).bytes).toBe(2 * (3 + 51_000 + 40) + 1);
  const many = new SyncTrial({ facts: 2000, owners: 2000, differences: 2, seed: 1 });
  // One datagram holds 1,284 digests: beyond that nothing can be sent.
  expect(many.run({ strategy: 'chitchat' })).toMatchObject({ messages: 0, complete: false });
});

test('the sweep says which strategy is the cheapest from where on', () => {
  expect(differenceGrid(100)).toEqual([0, 1, 2, 5, 10, 20, 50, 100]);
  const results = sweepSync({ facts: 100, seed: 1 }, ['rateless', 'full']);
  expect(results).toHaveLength(16);
  const changes = cheapestFrom(results);
  expect(changes[0]).toEqual({ differences: 0, strategy: 'rateless' });
  expect(cheapestFrom(results.filter(({ differences }) => differences > 100))).toEqual([]);
});
