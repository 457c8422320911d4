import { Xoshiro128, type Protocol } from '../core/index.ts';
import type { Lives } from './lives.ts';
import { State, type SimNode } from './sim-node.ts';
import type { World } from './world.ts';

/** Has the logs of running nodes replaced by their protocols' snapshots, at random moments. */
export class Compaction<P extends Protocol<M, E>, M, E> {
  readonly #world: World<P, E>;
  readonly #lives: Lives<P, M, E>;
  readonly #everyMs: number;

  constructor(world: World<P, E>, lives: Lives<P, M, E>, everyMs: number) {
    this.#world = world;
    this.#lives = lives;
    this.#everyMs = everyMs;
  }

  /** Each interval is half to one and a half of the mean, drawn from a stream of its own. */
  watch(node: SimNode<P, E>): void {
    const random = new Xoshiro128(this.#world.seed, `compaction of ${node.name}`);
    const wait = (): void => {
      this.#world.task((0.5 + random.float()) * this.#everyMs, () => {
        if (node.state === State.Up) this.#lives.compact(node);
        wait();
      });
    };
    wait();
  }
}
