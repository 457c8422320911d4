/**
 * How each member was last probed by this node, and how quickly it answers.
 *
 * For people who ask why; the protocol itself never looks. So simulations do without it, unless a
 * program there asks. Round trips are those of direct pings, smoothed as in RFC 6298 (1/8).
 */
import type { Met } from '../../blocks/membership/index.ts';
import type { Peer } from '../../core/index.ts';

/** The last probe of a member, and its round trips. */
export interface ProbeRecord {
  /** When it was decided, ms since 1970. */
  readonly at: number;
  /** How the answer came; or, without one, what was met instead. */
  readonly path: ProbeAnswer | Met;
  /** The helper through which it came. */
  readonly via?: string;
  /** From the ping to the answer, or to the accusation. */
  readonly tookMs: number;
  /** Of the last ping that the member itself answered. */
  readonly rttLastMs?: number;
  /** Smoothed over some eight such pings. */
  readonly rttMs?: number;
}

/** By the ping itself, through a helper, or over a stream. */
export type ProbeAnswer = 'direct' | 'indirect' | 'stream';

/** By a member's slot in the view, so that a life that is over makes room for the next. */
export class ProbeRecords {
  /** The longest unchanged first. */
  readonly #records = new Map<number, Noted>();

  /** Of the life behind a route; undefined where another one was probed last. */
  of(slot: number, peer: Peer): ProbeRecord | undefined {
    const noted = this.#records.get(slot);
    return noted?.peer === peer ? noted.record : undefined;
  }

  note(slot: number, peer: Peer, probe: Omit<ProbeRecord, 'rttMs' | 'rttLastMs'>): void {
    const before = this.of(slot, peer);
    this.#records.delete(slot);
    this.#records.set(slot, { peer, record: { ...roundTrips(before, probe), ...probe } });
    if (this.#records.size <= RECORDS_MAX) return;
    for (const oldest of this.#records.keys()) {
      this.#records.delete(oldest);
      break;
    }
  }
}

interface Noted {
  readonly peer: Peer;
  readonly record: ProbeRecord;
}

function roundTrips(
  before: ProbeRecord | undefined,
  { path, tookMs }: Pick<ProbeRecord, 'path' | 'tookMs'>,
): Pick<ProbeRecord, 'rttMs' | 'rttLastMs'> {
  if (path === 'direct') {
    const rttMs = before?.rttMs === undefined ? tookMs : before.rttMs + (tookMs - before.rttMs) / 8;
    return { rttLastMs: tookMs, rttMs };
  }
  if (before?.rttMs === undefined || before.rttLastMs === undefined) return {};
  return { rttLastMs: before.rttLastMs, rttMs: before.rttMs };
}

/** Some 150 B each; a node with more members remembers those probed in the last hour or so. */
const RECORDS_MAX = 4096;
