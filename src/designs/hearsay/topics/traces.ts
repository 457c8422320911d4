/** The latest traced events of a node: when each came, and from whom. */
import type { NodeId } from '../../../core/index.ts';
import type { Hop, Path, Publication } from '../publication.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { TraceReport } from '../trace-report.ts';

/** A traced event that this node has. */
export interface Traced {
  readonly origin: string;
  readonly nodeId: NodeId;
  readonly seq: number;
  readonly topic: string;
}

export class Traces {
  /** The oldest first. */
  readonly #traced = new Map<string, Entry>();

  /** An event has come, traced. `by`: this node itself. */
  note(env: HearsayEnv, origin: Omit<Traced, 'seq' | 'topic'>, event: Publication): void {
    const { seq, topic, trace = [] } = event;
    const last = trace.at(-1);
    const report: TraceReport = {
      parent: last?.by ?? origin.nodeId,
      path: last?.path ?? 'eager',
      heldMs: last?.heldMs ?? 0,
      hops: trace.length,
      wallMs: env.wallMs,
    };
    const traced = { origin: origin.origin, nodeId: origin.nodeId, seq, topic };
    this.#traced.set(key(origin.nodeId, seq), { traced, report, atMs: env.now });
    if (this.#traced.size <= TRACED_MAX) return;
    for (const oldest of this.#traced.keys()) {
      this.#traced.delete(oldest);
      break;
    }
  }

  /** The hop that this node is, when it sends the event on now. */
  hop(env: HearsayEnv, by: NodeId, of: NodeId, seq: number, path: Path): Hop {
    const atMs = this.#traced.get(key(of, seq))?.atMs ?? env.now;
    return { by, path, heldMs: Math.min(HELD_MS_MAX, Math.round(env.now - atMs)) };
  }

  /** The newest first. */
  list(): Traced[] {
    return [...this.#traced.values()].map(({ traced }) => traced).toReversed();
  }

  report(of: NodeId, seq: number): TraceReport | undefined {
    return this.#traced.get(key(of, seq))?.report;
  }
}

function key(nodeId: NodeId, seq: number): string {
  return `${nodeId} ${seq}`;
}

interface Entry {
  readonly traced: Traced;
  readonly report: TraceReport;
  readonly atMs: number;
}

/** Some 200 B each. */
const TRACED_MAX = 64;
const HELD_MS_MAX = 0xffffffff;
