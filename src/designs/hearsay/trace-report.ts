/**
 * What one node knows of how a traced event came to it, for whoever asks all nodes by a query.
 *
 * Questions and answers begin with the byte 0, which in programs' queries says that bytes follow.
 */
import type { NodeId } from '../../core/index.ts';
import { ByteReader, ByteWriter, readNodeId, writeNodeId } from '../../wire/index.ts';
import type { Path } from './publication.ts';

export interface TraceReport {
  /** The life that it came from; its own where it has published it. */
  readonly parent: NodeId;
  readonly path: Path;
  /** How long the parent had kept it, ms by the parent's clock. */
  readonly heldMs: number;
  /** Nodes on its way before this one. */
  readonly hops: number;
  /** When it came, ms since 1970 by this machine's clock. */
  readonly wallMs: number;
}

/** Which event is asked for. */
export interface TraceQuestion {
  readonly nodeId: NodeId;
  readonly seq: number;
}

/** Without its first byte. */
export function encodeTraceQuestion({ nodeId, seq }: TraceQuestion): Uint8Array {
  const to = new ByteWriter();
  writeNodeId(to, nodeId);
  to.varint(seq);
  return to.copy();
}

/** Undefined for anything malformed. */
export function decodeTraceQuestion(bytes: Uint8Array): TraceQuestion | undefined {
  const from = new ByteReader(bytes.subarray(1));
  const question = { nodeId: readNodeId(from), seq: from.varint() };
  return from.ok ? question : undefined;
}

export function encodeTraceReport(report: TraceReport): Uint8Array {
  const { heldMs, hops, parent, path, wallMs } = report;
  const to = new ByteWriter();
  to.u8(BYTES_FOLLOW);
  writeNodeId(to, parent);
  to.u8(PATHS.indexOf(path));
  to.u32(heldMs);
  to.u8(hops);
  to.u48(Math.max(0, Math.min(WALL_MS_MAX, Math.floor(wallMs))));
  return to.copy();
}

/** Without its first byte. Undefined for anything malformed. */
export function decodeTraceReport(bytes: Uint8Array): TraceReport | undefined {
  const from = new ByteReader(bytes);
  const parent = readNodeId(from);
  const path = PATHS[from.u8()];
  const report = { parent, heldMs: from.u32(), hops: from.u8(), wallMs: from.u48() };
  return from.ok && path !== undefined ? { ...report, path } : undefined;
}

/** The query that all nodes answer themselves. */
export const TRACE_QUERY = 'hearsay:trace';

const BYTES_FOLLOW = 0;
/** Never reordered: the place is the byte. */
const PATHS: readonly Path[] = ['eager', 'retransmit', 'fetch', 'replay'];
const WALL_MS_MAX = 2 ** 48 - 1;
