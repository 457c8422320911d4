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

export class ProbeRecords {
  /** The longest unchanged first. A route names a life, so a new life begins anew. */
  readonly #records = new Map<Peer, ProbeRecord>();

  of(peer: Peer): ProbeRecord | undefined {
    return this.#records.get(peer);
  }

  note(peer: Peer, probe: Omit<ProbeRecord, 'rttMs' | 'rttLastMs'>): void {
    const before = this.#records.get(peer);
    this.#records.delete(peer);
    this.#records.set(peer, { ...roundTrips(before, probe), ...probe });
    if (this.#records.size <= RECORDS_MAX) return;
    for (const oldest of this.#records.keys()) {
      this.#records.delete(oldest);
      break;
    }
  }
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
