/** What happens to a cluster of agents, from a seed: plain data, known before anything runs. */
import { Xoshiro128 } from '../../../src/core/index.ts';

export interface Blow {
  readonly atMs: number;
  /** Which of the agents, from 0. */
  readonly agent: number;
  /** SIGKILL, or SIGSTOP; ends by a restart, or by SIGCONT. */
  readonly what: 'kill' | 'stop';
  readonly forMs: number;
}

/** How much of a cluster is struck at once: two thirds stay, as in a bad day of a real one. */
const STRUCK_SHARE_MAX = 1 / 3;

/**
 * Blows on agents `spared` … `agents` − 1 for `lengthMs`, none on an agent that is still down. The
 * last of them end with the script; some end later than suspicion lasts, most earlier.
 */
export function chaosScript(
  seed: number,
  { agents, spared, lengthMs }: { agents: number; spared: number; lengthMs: number },
): Blow[] {
  const random = new Xoshiro128(seed, 'chaos');
  const upAt = new Map<number, number>();
  const blows: Blow[] = [];
  for (let atMs = 0; atMs < lengthMs; atMs += 200 + random.below(3000)) {
    const agent = spared + random.below(agents - spared);
    const down = [...upAt.values()].filter((at) => at > atMs).length;
    if ((upAt.get(agent) ?? 0) > atMs || down >= agents * STRUCK_SHARE_MAX) continue;
    const what = random.below(5) < 3 ? 'kill' : 'stop';
    const lasting = random.below(4) === 0 ? 20_000 : 3000;
    const forMs = Math.min(100 + random.below(lasting), lengthMs - atMs);
    upAt.set(agent, atMs + forMs + RESTED_MS);
    blows.push({ atMs, agent, what, forMs });
  }
  return blows;
}

/** An agent is struck again at the earliest when it may have started: Node.js takes its time. */
const RESTED_MS = 3000;
