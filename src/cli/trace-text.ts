/** The way of an event as a tree of text: who had it from whom, when, and how. */
import type { Trace, TraceNode } from '../api/index.ts';
import { printable } from './printable.ts';

export function traceText({ origin, roots, seq, silent, topic }: Trace): string {
  const lines = [`event ${seq} of ${printable(origin)} on ${printable(topic)}`];
  for (const root of roots) add(lines, root, '', '');
  if (silent.length > 0) lines.push(`not known at: ${silent.map(printable).join(', ')}`);
  return `${lines.join('\n')}\n`;
}

function add(lines: string[], node: TraceNode, branch: string, indent: string): void {
  lines.push(`${branch}${lineOf(node)}`);
  node.children.forEach((child, i) => {
    const isLast = i === node.children.length - 1;
    add(lines, child, `${indent}${isLast ? '└─ ' : '├─ '}`, `${indent}${isLast ? '   ' : '│  '}`);
  });
}

function lineOf({ atMs, heldMs, member, path }: TraceNode): string {
  if (path === undefined) return `${printable(member)}  published`;
  return `${printable(member)}  +${atMs} ms  ${WORDS[path]}, kept there for ${heldMs} ms`;
}

const WORDS = {
  eager: 'pushed',
  retransmit: 'sent again',
  fetch: 'fetched',
  replay: 'replayed',
};
