/**
 * Import cycles. In every folder its files and subfolders are the nodes, and an import is an edge
 * between the two nodes, of the innermost folder that holds both files, which it connects. A cycle
 * of files shows there as a cycle, and so does one of folders that no chain of files closes.
 */
import { importsOf } from './imports.ts';
import { isTest, type Problem, type Source } from './source.ts';

interface Edge {
  readonly path: string;
  readonly line: number;
}
type Graph = Map<string, Map<string, Edge>>;

export function importCycles(sources: readonly Source[]): Problem[] {
  const graph: Graph = new Map();
  for (const source of sources) {
    if (isTest(source.path)) continue;
    for (const { node, target } of importsOf(source)) {
      if (target === undefined || target === source.path || isTest(target)) continue;
      const [from, to] = siblings(source.path, target);
      const edges = graph.get(from) ?? new Map<string, Edge>();
      graph.set(from, edges);
      if (!edges.has(to)) edges.set(to, { path: source.path, line: source.lineAt(node.start) });
    }
  }
  return cyclesOf(graph);
}

/** `a/b/c/d.ts`, `a/b/e.ts` → `a/b/c`, `a/b/e.ts`. */
function siblings(one: string, other: string): [string, string] {
  const [a, b] = [one.split('/'), other.split('/')];
  let depth = 0;
  while (a[depth] === b[depth]) depth++;
  return [a.slice(0, depth + 1).join('/'), b.slice(0, depth + 1).join('/')];
}

/** Depth first; every edge back to a node that is still open closes a cycle. */
function cyclesOf(graph: Graph): Problem[] {
  const problems: Problem[] = [];
  const done = new Set<string>();
  const open: string[] = [];
  const visit = (name: string): void => {
    open.push(name);
    for (const [next, edge] of graph.get(name) ?? []) {
      const start = open.indexOf(next);
      if (start >= 0) {
        problems.push({ ...edge, what: `cycle: ${[...open.slice(start), next].join(' → ')}` });
      } else if (!done.has(next)) {
        visit(next);
      }
    }
    open.pop();
    done.add(name);
  };
  for (const name of graph.keys()) if (!done.has(name)) visit(name);
  return problems;
}
