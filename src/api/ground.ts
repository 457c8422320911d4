import type { Data, HearsayProtocol } from '../designs/hearsay/index.ts';
import type { ClusterEvent } from './events.ts';
import type { Life } from './life.ts';
import type { HearsayEnv, Promised } from './platform.ts';

/** What the parts of the public face stand on: the present life, its events, its promises. */
export interface Ground {
  /** What is known of state and map, also after the last life; undefined before the first. */
  readonly data: Data | undefined;
  /** What a program gets in the place of a promise of ours. */
  readonly promised: Promised;
  /** Calls `begun` with each new life of the node, before anything happens in it. */
  follow(begun: (life: Life) => void): void;
  /** @throws HearsayError NOT_RUNNING, and what the command throws */
  command<R>(what: string, run: (protocol: HearsayProtocol, env: HearsayEnv) => R): R;
  /**
   * Calls `tap` with every event from now on; the result ends it.
   *
   * @throws HearsayError NOT_RUNNING
   */
  tap(what: string, tap: (event: ClusterEvent) => void): () => void;
  /**
   * The life that runs.
   *
   * @throws HearsayError NOT_RUNNING
   */
  alive(what: string): Life;
}
