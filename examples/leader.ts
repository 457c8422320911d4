/**
 * A small program that is easy to get wrong: the members of a cluster choose who leads, without a
 * word. The living member whose name comes first leads, as everybody can see for himself.
 *
 * `test/testing/leader.test.ts` runs both versions in simulated worlds with random faults.
 */
import type { Cluster, Io } from 'hearsay';

export interface LeaderOptions {
  /** Whom to join; empty for the first. */
  readonly seeds: readonly string[];
  /** Told of each choice. */
  readonly chosen: (leader: string) => void;
}

/** First attempt: chooses again whenever a member comes or goes. */
export async function hastyLeader(io: Io, { seeds, chosen }: LeaderOptions): Promise<void> {
  const cluster = await io.joinCluster({ name: io.name, seeds, retry: true });
  const choose = (): void => chosen(leaderOf(cluster));
  cluster.on('member-joined', choose);
  cluster.on('member-failed', choose);
  cluster.on('member-left', choose);
  choose();
}

/**
 * Second attempt: chooses again whatever happens to a member. It may also come back
 * (`member-rejoined`: restarted, or a partition has healed): that is what the first has forgotten.
 */
export async function leader(io: Io, { seeds, chosen }: LeaderOptions): Promise<void> {
  const cluster = await io.joinCluster({ name: io.name, seeds, retry: true });
  const events = cluster.events();
  chosen(leaderOf(cluster));
  for await (const { type } of events) if (type.startsWith('member-')) chosen(leaderOf(cluster));
}

/** As this node sees it. */
function leaderOf(cluster: Cluster): string {
  const names = [...cluster.members].map(({ name }) => name);
  return names.sort()[0] ?? cluster.name;
}
