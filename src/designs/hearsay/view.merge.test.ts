/** A view and the published merge are one law: whatever the order, a view ends at the fold. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeNews, sameAccusations, type News } from '../../blocks/membership/index.ts';
import type { Status } from '../../core/index.ts';
import { OneNode } from '../../../test/one-node.ts';

const NAMES = ['b', 'c'] as const;
const STATUSES: readonly Status[] = ['alive', 'suspect', 'dead', 'left', 'evicted'];
const HOLDERS = ['x', 'y', 'z', 'x:refused', 'y:gone', 'v', 'w'] as const;
/** K + 1 by default. */
const ACCUSERS_MAX = 4;

interface Told {
  readonly name: (typeof NAMES)[number];
  /** Lives in their order; each has a nodeId and a start of its own. */
  readonly life: number;
  readonly counter: number;
  readonly status: Status;
  readonly accusers: readonly string[];
  readonly ageMs: number;
}

const told: fc.Arbitrary<Told> = fc.record({
  name: fc.constantFrom(...NAMES),
  life: fc.integer({ min: 0, max: 2 }),
  counter: fc.integer({ min: 0, max: 3 }),
  status: fc.constantFrom(...STATUSES),
  accusers: fc.uniqueArray(fc.constantFrom(...HOLDERS), {
    minLength: 1,
    maxLength: ACCUSERS_MAX,
    selector: (one) => one.split(':')[0],
  }),
  ageMs: fc.integer({ min: 0, max: 1000 }),
});

function newsOf(world: OneNode, { name, life, counter, status, accusers, ageMs }: Told): News {
  const peer = world.book.peer(`10.9.${life}.1:7946`, `${name}${life}`.padStart(16, '0'));
  const change = { peer, start: 1_650_000_000_000 + life, counter };
  if (status === 'suspect') return world.suspicion(name, accusers, change);
  const hasAge = status !== 'alive';
  return { ...world.news(name, status, change), ageMs: hasAge ? ageMs : 0 };
}

test('a view that hears news in any order, again and again, believes their merge', () => {
  const lists = fc.array(told, { minLength: 1, maxLength: 12 });
  const orders = fc.array(fc.nat(), { maxLength: 24 });
  fc.assert(
    fc.property(lists, orders, (list, order) => {
      const world = new OneNode().among('x', 'y', 'z');
      const all = list.map((one) => newsOf(world, one));
      const heard = [...order.map((at) => all[at % all.length]!), ...all];
      for (const news of heard) world.gossip('x', news);
      world.forgetEffects();
      world.hear('x', { type: 'sync', checksum: world.node.checksum() ^ 1 });
      for (const name of NAMES) {
        const about = all.filter(({ fact }) => fact.name === name);
        if (about.length === 0) continue;
        const merged = about.reduce((a, b) => mergeNews(a, b, ACCUSERS_MAX));
        const [believed] = world.told(name); // In the page that answers.
        expect(believed?.fact).toMatchObject({ ...merged.fact, slot: believed?.fact.slot });
        expect([believed?.status, believed?.ageMs]).toEqual([merged.status, merged.ageMs]);
        if (merged.status !== 'suspect') continue; // The accusers of the dead are no longer kept.
        expect(sameAccusations(believed!.accusers, merged.accusers)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
