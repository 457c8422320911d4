/**
 * How much of what is published waits, here and further on: whoever publishes is to wait for it.
 *
 * Each node tells on each link how full its fullest queue is, or the fullest that it hears of, less
 * a tenth for each hop: so what nobody feels any more dies out even in a circle. But nobody waits
 * for ever for one who is too slow: a link that has been full for long no longer counts, and
 * whoever is behind it fetches what it can.
 */
import type { Link } from './link.ts';
import type { OriginState } from './origins.ts';

/** What to tell on a link: 0 … 255. */
export function pressureFor(links: Iterable<Link>, told: Link, now: number): number {
  let pressure = 0;
  for (const link of links) {
    if (link === told || link.isStalled || link.isSlow) continue;
    pressure = Math.max(pressure, fullness(link), behind(link, now) * PER_HOP);
  }
  return Math.floor(pressure);
}

/** Whether publishers have to wait; `share` of the bounds. */
export function isFull(links: Iterable<Link>, share: number, now: number): boolean {
  for (const link of links) {
    if (link.isStalled || link.isSlow) continue; // Probably dead, or hopeless: nobody waits for it.
    if (fullness(link) >= 255 * share || behind(link, now) >= PRESSURE_MAX * share) return true;
  }
  return false;
}

/**
 * Whether fewer than half of the links that carry this node's own events have them but for the last
 * few: then nobody is left out as too slow or dead, for it may be this node, or its machine.
 */
export function isBehind(links: readonly Link[], log: Own, share: number): boolean {
  const near = links.filter(({ flow, ownArrived, queued }) => {
    const isIdle = queued === 0 && flow.flying === 0; // All that it was to carry has arrived.
    return isIdle || log.countAbove(ownArrived) < EVENTS_MAX * share;
  });
  return near.length * 2 < links.length;
}

/** This node's own events. */
type Own = Pick<OriginState['log'], 'countAbove'>;

/** Whether only what was told of queues further on keeps publishers waiting there. */
export function isWorthAsking(link: Link): boolean {
  return link.pressure > 0 && link.queued === 0 && link.flow.flying === 0;
}

/** Notes, from time to time, whether a link is full for too long. */
export function notePace(link: Link, now: number): void {
  const isFullNow = fullness(link) >= 255 / 2 || behind(link, now) >= PRESSURE_MAX / 2;
  if (!isFullNow) link.fullSinceMs = undefined;
  else link.fullSinceMs ??= now;
  link.hasLagged = false;
  link.isSlow = link.fullSinceMs !== undefined && now - link.fullSinceMs > SLOW_MS;
}

/** What was told of the queues behind it, fading: whoever waits sends nothing to be answered. */
function behind({ heardMs, pressure }: Link, now: number): number {
  return pressure * Math.max(0, 1 - (now - heardMs) / FADES_MS);
}

function fullness({ hasLagged, queued, queuedBytes }: Link): number {
  if (hasLagged) return 255;
  return Math.min(255, 255 * Math.max(queued / EVENTS_MAX, queuedBytes / BYTES_MAX));
}

/**
 * Events that wait on one link: a quarter of the replay bound, since queues on the way add up, and
 * what is kept has to outlast them.
 */
export const EVENTS_MAX = 1024;
const BYTES_MAX = 2 * 1024 * 1024;
const PER_HOP = 0.9;
const FADES_MS = 1000;
/** A full queue six hops away. */
const PRESSURE_MAX = 128;
/** A moment of others' work passes within this. */
const SLOW_MS = 10_000;
