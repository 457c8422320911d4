/** Constructs that have no place here: `enum`, and tests switched off or left alone. */
import { isNode, type Node, type Problem, problemAt, type Source, walk } from './source.ts';

const suites = new Set(['test', 'it', 'describe', 'suite', 'bench']);
const switches = new Set(['skip', 'only', 'todo']);

export function leftovers(sources: readonly Source[]): Problem[] {
  return sources.flatMap((source) => {
    const problems: Problem[] = [];
    walk(source.program, (node) => {
      if (node.type === 'TSEnumDeclaration') problems.push(problemAt(source, node, 'enum'));
      const switched = switchOf(node);
      if (switched !== undefined) problems.push(problemAt(source, node, switched));
    });
    return problems;
  });
}

/** `test.skip`, `describe.concurrent.only`, `test.prop(…).only` and the like. */
function switchOf(node: Node): string | undefined {
  if (node.type !== 'MemberExpression' || !isNode(node['property'])) return undefined;
  const name = String(node['property']['name']);
  if (!switches.has(name)) return undefined;
  let root = node['object'];
  while (isNode(root) && (root.type === 'MemberExpression' || root.type === 'CallExpression')) {
    root = root.type === 'CallExpression' ? root['callee'] : root['object'];
  }
  const suite = isNode(root) && root.type === 'Identifier' ? String(root['name']) : '';
  return suites.has(suite) ? `${suite}.${name}: use need() from test/need.ts` : undefined;
}
