/**
 * Whom a node is linked with: the active view of HyParView (Leitão, Pereira, Rodrigues 2007).
 *
 * Links are symmetric: asked for, granted, ended with notice. The passive view is the roster, so
 * there are no walks and no shuffles. A node looks for links while it has fewer than six, grants
 * them while it has fewer than eight, and beyond that only to whoever is short of them or comes
 * back from beyond a partition: then another link makes room. Up to nine nodes all are linked with
 * all.
 */
import type { Random } from '../../core/index.ts';

/** How a node asks: `urge` is granted whatever the degree, as often as is good for the asked. */
export type Asking = 'ask' | 'urge';

/** What to answer: `swap` grants, and ends another link. */
export type Answer = 'grant' | 'swap' | 'refuse';

/** Links that a node of a cluster of so many live members looks for. */
export function degreeWanted(live: number): number {
  return live <= MESH_MAX ? Math.max(0, live - 1) : DEGREE_MIN;
}

/** Links that it grants without being urged. */
export function degreeMax(live: number): number {
  return Math.max(DEGREE_MAX, degreeWanted(live));
}

export class ActiveView {
  #swappedMs = -Infinity;

  /** How a node of this degree asks. */
  askingOf(degree: number): Asking {
    return degree < DEGREE_POOR ? 'urge' : 'ask';
  }

  answer(now: number, degree: number, live: number, asking: Asking): Answer {
    if (degree < degreeMax(live)) return 'grant';
    if (asking === 'ask' || now - this.#swappedMs < SWAP_MS) return 'refuse';
    this.#swappedMs = now;
    return 'swap';
  }
}

/**
 * Whether one of many nodes that see `returned` members come back asks one of them for a link: so
 * that some {@link BRIDGES} of all do, however many come back, and no storm hits one.
 */
export function shallBridge(returned: number, live: number, random: Random): boolean {
  return random.float() * live < returned * BRIDGES;
}

/** Above ln N / N: random graphs of this degree are connected far beyond a million nodes. */
const DEGREE_MIN = 6;
const DEGREE_MAX = 8;
/** Up to here a full mesh has no more links than others have. */
const MESH_MAX = DEGREE_MAX + 1;
/** With fewer links a node may soon have none. */
const DEGREE_POOR = 3;
/** Urging costs the urged a link of its own: once in this time. */
const SWAP_MS = 500;
const BRIDGES = 4;
