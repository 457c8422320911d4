/**
 * What this node's map is worth, and which entries of it are in doubt.
 *
 * Deletions are remembered for `certificateMs`. Who was away for longer holds values that may have
 * been deleted meanwhile: his map is doubtful until he has compared it with somebody who was there
 * all the time, whose map is whole; what that one lacks, goes. Where nobody is left who was there,
 * as after the whole cluster stood still, nothing is dropped, and a deleted value may come back.
 */
import { mark } from '../../../core/index.ts';
import type { Memory } from '../data-messages.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { encodeMemory } from './saved.ts';
import type { Cell } from './store.ts';

export class MapMemory {
  readonly #doubtful = new Set<Cell>();
  /** Since when this node has known the map without a gap; it is whole some time after. */
  #sinceMs = Infinity;
  #isWhole = false;
  /** What the log says. */
  #saved: Memory = 'fresh';

  get state(): Memory {
    if (this.#doubtful.size > 0) return 'doubtful';
    return this.#isWhole ? 'whole' : 'fresh';
  }

  isDoubtful(cell: Cell): boolean {
    return this.#doubtful.has(cell);
  }

  /** This node was away for too long, or has these from somebody who was. */
  doubt(cells: Iterable<Cell>): void {
    this.#isWhole = false;
    this.#sinceMs = Infinity;
    for (const cell of cells) this.#doubtful.add(cell);
  }

  /** Written anew, or gone. */
  settle(cell: Cell): void {
    this.#doubtful.delete(cell);
  }

  /** Nothing was missed for so long that all that was deleted before is forgotten anyway. */
  grow(now: number, certificateMs: number): void {
    this.#sinceMs = Math.min(this.#sinceMs, now);
    if (this.#doubtful.size === 0 && now - this.#sinceMs >= certificateMs) this.#isWhole = true;
  }

  /** What the log of an earlier life says, and whether nobody ran here for too long since. */
  restore(saved: Memory, wasAway: boolean, cells: Iterable<Cell>): void {
    this.#saved = saved;
    if (wasAway || saved === 'doubtful') this.doubt(cells);
    else this.#isWhole = saved === 'whole';
  }

  /** Saves what the map is worth, where that has changed: doubts must not end by a restart. */
  save(env: HearsayEnv): void {
    const { state } = this;
    if (state === this.#saved || state === 'fresh') return;
    this.#saved = state;
    env.save(encodeMemory(state));
  }

  /** A comparison with somebody whose map is whole is over. */
  learnt(): void {
    if (this.#doubtful.size > 0) mark('map-doubt-ended');
    this.#doubtful.clear();
    this.#isWhole = true;
  }
}
