import type { Cluster, JoinClusterOptions } from '../api/index.ts';
import { LiveCluster } from './live-cluster.ts';

/**
 * Starts a node on this machine and joins it to a cluster.
 *
 * Resolves after one full exchange with a seed; at once without seeds, as the first node. Rejects,
 * with all sockets closed, with
 *
 * - BAD_OPTION, BAD_SECRET, TAGS_TOO_LARGE or NOT_LOOPBACK: an option, which the message names;
 * - PORT_IN_USE or ADDRESS_UNAVAILABLE: `bind`;
 * - JOIN_TIMEOUT after `joinTimeoutMs`; sooner with STREAM_BLOCKED, WRONG_CLUSTER or
 *   WRONG_KEY where that is certain of every seed (none of these with `retry`);
 * - DATA_DIR_TAKEN, DATA_DIR_FOREIGN or DATA_DIR_UNUSABLE: `dataDir`;
 * - NAME_TAKEN: a living member has this name;
 * - ABORTED: `signal` fired.
 */
export async function joinCluster(options: JoinClusterOptions): Promise<Cluster> {
  const { cluster } = new LiveCluster(options);
  await cluster.join({ signal: options.signal });
  return cluster;
}
