/** By which way an event reached each member: the reports of all, as a tree. */
import type { NodeId } from '../core/index.ts';
import {
  decodeTraceReport,
  encodeTraceQuestion,
  TRACE_QUERY,
  type Traced,
  type TraceReport,
} from '../designs/hearsay/index.ts';
import type { Answers } from './answers.ts';
import type { Member } from './member.ts';
import type { QueryOptions } from './queries.ts';

/** A member on the way of an event, and those that have it from there. */
export interface TraceNode {
  readonly member: string;
  /** How it came: pushed, sent again, fetched or replayed. Of the publisher: undefined. */
  readonly path: TraceReport['path'] | undefined;
  /** For how long whoever sent it had kept it, ms by its own clock. */
  readonly heldMs: number;
  /** Since it was published, ms: as right as the machines' clocks agree. */
  readonly atMs: number;
  readonly children: readonly TraceNode[];
}

export interface Trace extends Traced {
  /** The publisher, or where that did not answer, whoever is nearest to it. */
  readonly roots: readonly TraceNode[];
  /** Members that do not know of the event any more, or did not answer. */
  readonly silent: readonly string[];
}

/** Asks all members how a traced event came to them. */
export async function collectTrace(
  traced: Traced,
  members: readonly Member[],
  ask: (name: string, payload: Uint8Array, options: QueryOptions) => Answers,
  timeoutMs: number,
): Promise<Trace> {
  const reports = new Map<string, TraceReport>();
  const answers = ask(TRACE_QUERY, encodeTraceQuestion(traced), { timeoutMs });
  for await (const answer of answers) {
    const { from } = answer;
    const value = 'value' in answer ? answer.value : undefined;
    const report = value instanceof Uint8Array ? decodeTraceReport(value) : undefined;
    if (report !== undefined) reports.set(from, report);
  }
  const names = new Map(members.map(({ name, nodeId }) => [nodeId, name]));
  const live = members.filter(({ status }) => status === 'alive').map(({ name }) => name);
  return treeOf(traced, reports, (nodeId) => names.get(nodeId), live);
}

/** @param reports by the member that gives it */
export function treeOf(
  traced: Traced,
  reports: ReadonlyMap<string, TraceReport>,
  nameOf: (nodeId: NodeId) => string | undefined,
  members: readonly string[] = [],
): Trace {
  const origin = reports.get(traced.origin);
  const times = [...reports.values()].map(({ wallMs }) => wallMs);
  const begunMs = origin?.wallMs ?? Math.min(...times);
  const byParent = new Map<string, string[]>();
  const roots: string[] = [];
  for (const [member, { parent }] of reports) {
    const from = nameOf(parent);
    const isRoot = member === traced.origin || from === undefined || !reports.has(from);
    if (isRoot || from === member) roots.push(member);
    else byParent.set(from, [...(byParent.get(from) ?? []), member]);
  }
  const seen = new Set<string>();
  const nodeOf = (member: string): TraceNode => {
    seen.add(member); // Forged reports could make a circle.
    const { heldMs, path, wallMs } = reports.get(member)!;
    const children = (byParent.get(member) ?? []).filter((child) => !seen.has(child));
    const isOrigin = member === traced.origin;
    return {
      member,
      path: isOrigin ? undefined : path,
      heldMs: isOrigin ? 0 : heldMs,
      atMs: wallMs - begunMs,
      children: children.map(nodeOf).toSorted((a, b) => a.atMs - b.atMs),
    };
  };
  const trees = roots.map(nodeOf).toSorted((a, b) => a.atMs - b.atMs);
  return { ...traced, roots: trees, silent: members.filter((name) => !reports.has(name)) };
}
