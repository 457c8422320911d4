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
import type { Cell } from './store.ts';

export class MapMemory {
  readonly #doubtful = new Set<Cell>();
  /** Since when this node has known the map without a gap; it is whole some time after. */
  #sinceMs = Infinity;
  #isWhole = false;

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

  /** A comparison with somebody whose map is whole is over. */
  learnt(): void {
    if (this.#doubtful.size > 0) mark('map-doubt-ended');
    this.#doubtful.clear();
    this.#isWhole = true;
  }
}
