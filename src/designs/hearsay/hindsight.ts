import { equalFacts, NO_ACCUSERS, type Fact, type News } from '../../blocks/membership/index.ts';
import type { Status } from '../../core/index.ts';

/**
 * What is heard, in the light of what is known of the same member. Raising its start does not
 * bring an evicted nodeId back: only a new life may return. And who observes something of a life
 * and counter has no say in its facts: else a forged suspicion could move a member elsewhere.
 */
export function inLightOf(known: Fact, before: Status, news: News): News {
  const { fact, status } = news;
  if (known === fact || known.nodeId !== fact.nodeId) return news;
  if (before === 'evicted' && status !== 'evicted') {
    return { fact, status: 'evicted', accusers: NO_ACCUSERS, ageMs: 0 };
  }
  const isSame = known.start === fact.start && known.counter === fact.counter;
  return isSame && !equalFacts(known, fact) ? { ...news, fact: known } : news;
}
