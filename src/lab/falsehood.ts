/**
 * Lies about a member, such as anybody can tell who can send packets to a cluster without a key:
 * they seem to come from the member itself, and seem to be its own words.
 */
import { aliveNews, makeFact, type Fact } from '../blocks/membership/index.ts';
import type { Random } from '../core/index.ts';
import { UsageError, type Env } from '../core/index.ts';
import {
  factBytes,
  type HearsayEvent,
  type HearsayMessage,
  type HearsayProtocol,
} from '../designs/hearsay/index.ts';

type Lie = (fact: Fact, random: Random) => Omit<Fact, 'hash' | 'bytes'>;

/** What is said of it that it never said. */
export const LIES: Readonly<Record<string, Lie>> = {
  /** Other tags, in words that it has not come to yet. */
  facts: (fact, random) => ({
    ...fact,
    counter: fact.counter + 1 + random.below(100),
    tags: { text: 'forged' },
  }),
  /** That its life began later. */
  life: (fact, random) => ({ ...fact, start: fact.start + 1 + random.below(60_000) }),
  /** That somebody else lives in its place. */
  name: (fact, random) => ({ ...fact, name: `nobody-${random.below(1000)}`, slot: -1 }),
};

/** One other member hears a lie of this one. */
export function forge(
  protocol: HearsayProtocol,
  env: Env<HearsayMessage, HearsayEvent>,
  lie: string,
): void {
  const told = Object.hasOwn(LIES, lie) ? LIES[lie] : undefined;
  if (told === undefined) {
    const known = Object.keys(LIES).join(', ');
    throw new UsageError('BAD_OPTION', `no lie "${lie}"; there are ${known}`);
  }
  const others = [...protocol.members()].filter(
    ({ peer, status }) => peer !== env.self && status === 'alive',
  );
  if (others.length === 0) return;
  const { peer } = others[env.random.below(others.length)]!;
  const of = told(protocol.fact, env.random);
  const news = [aliveNews(makeFact({ ...of, bytes: factBytes(of) }))];
  env.send(peer, { type: 'gossip', news });
}
