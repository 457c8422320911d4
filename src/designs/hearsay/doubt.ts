/** Deaths that others tell of, and that are not believed without asking. */
import { isHard, type Accusation, type News, type Roster } from '../../blocks/membership/index.ts';
import { mark, type Peer } from '../../core/index.ts';
import type { HearsayEnv } from './protocol-env.ts';
import type { Hearing } from './hearing.ts';
import type { Self } from './self.ts';
import type { Tuning } from './shared.ts';
import type { Suspicions } from './suspicions.ts';

/** What of this node's view a doubt looks at. */
export interface Doubting {
  readonly config: Tuning;
  readonly self: Self;
  readonly roster: Roster;
  readonly suspicions: Suspicions;
  mayAccuse(peer: Peer): boolean;
}

/**
 * A death of a member that lives, as far as this node knows: told by one in doubt, it is a
 * suspicion. So is what is told by somebody who is himself thought to be suspect or dead: it is
 * mostly he who is cut off or starved, and not all the others. And so is a death by silence of
 * whom nobody was heard to suspect before: suspicions last for seconds, and are told to all.
 *
 * Returns who accuses the member instead; undefined: the death is believed.
 */
export function doubtOf(
  env: HearsayEnv,
  slot: number,
  news: News,
  hearing: Hearing,
  view: Doubting,
): readonly Accusation[] | undefined {
  const { roster, self, suspicions } = view;
  const { from, doubtful = false } = hearing;
  if (!roster.isLive(slot)) return undefined;
  const isTellerAccused = isAccused(from, view);
  // Whoever is dead to others is accused by them no more: this node waits for no accuser then.
  if (suspicions.get(slot)?.isWaiting === true && !isTellerAccused) return undefined;
  const isSilent = !news.accusers.some(({ met }) => isHard(met));
  const isDubious = isTellerAccused || (isSilent && suspicions.isFresh(slot, env.now));
  if (!doubtful && !(view.config.doubt && isDubious)) return undefined;
  // Another life of that name: alive, it would be a rival to the one that lives.
  if (roster.fact(slot)?.nodeId !== news.fact.nodeId) return undefined;
  mark('doubted-death');
  const teller = roster.fact(roster.slotOfPeer(from)) ?? self.fact;
  return [{ by: teller.name, met: 'silence' }];
}

function isAccused(peer: Peer, view: Doubting): boolean {
  if (!view.mayAccuse(peer)) return false;
  const { roster } = view;
  const slot = roster.slotOfPeer(peer);
  return slot >= 0 && roster.status(slot) !== 'alive';
}
