// What a source file declares and what its comments say of it.
import { parseSync } from 'oxc-parser';
import { read } from './files.mjs';

/** A parsed file, with `docOf(node)` and `textOf(node)`. */
export function parse(path) {
  const text = read(path);
  const { program, comments } = parseSync(path, text, { sourceType: 'module' });
  const docs = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'));
  return {
    text,
    program,
    textOf: (node) => text.slice(node.start, node.end),
    /** The TSDoc right before a node, as one line of prose. */
    docOf(node) {
      const before = docs.findLast(({ end }) => end <= node.start);
      if (before === undefined) return '';
      const between = text.slice(before.end, node.start);
      return /^[\s|]*(export\s+)?(readonly\s+)?$/.test(between) ? prose(before.value) : '';
    },
  };
}

/** The declarations of a file by name, exported or not. */
export function declarations({ program }) {
  const found = new Map();
  for (const statement of program.body) {
    const node = statement.declaration ?? statement;
    for (const { id, init } of node.declarations ?? []) found.set(id.name, init);
    if (node.id?.name !== undefined) found.set(node.id.name, node);
  }
  return found;
}

/** The value of a literal: numbers, texts, lists and objects of such, and of names known. */
export function literal(node, known = new Map()) {
  switch (node.type) {
    case 'Literal':
      return node.value;
    case 'Identifier':
      return named(node.name, known);
    case 'TSAsExpression':
      return literal(node.expression, known);
    case 'BinaryExpression':
      if (node.operator === '*') return literal(node.left, known) * literal(node.right, known);
      if (node.operator === '**') return literal(node.left, known) ** literal(node.right, known);
      break;
    case 'ArrayExpression':
      return node.elements.flatMap((item) =>
        item.type === 'SpreadElement' ? literal(item.argument, known) : [literal(item, known)],
      );
    case 'ObjectExpression':
      return Object.fromEntries(
        node.properties.map(({ key, value }) => [key.name ?? key.value, literal(value, known)]),
      );
  }
  throw new Error(`${node.type} is no literal`);
}

/** A name stands for a declaration of the file, or for the value of an import. */
function named(name, known) {
  const found = known.get(name);
  if (found === undefined) throw new Error(`${name} is not known`);
  return typeof found === 'object' && 'type' in found ? literal(found, known) : found;
}

/** The Markdown tables inside a file's comments, in order. */
export function commentTables(path) {
  const lines = read(path)
    .split('\n')
    .map((line) => line.match(/^ \* (\|.*\|)$/)?.[1] ?? '');
  const tables = [];
  for (const [i, line] of lines.entries()) {
    if (line === '') continue;
    const cells = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    if (lines[i - 1] === '') tables.push([]);
    tables.at(-1).push(cells);
  }
  return tables.map(([head, , ...rows]) => ({ head, rows }));
}

function prose(comment) {
  return comment
    .replaceAll(/^\s*\* ?/gm, '')
    .replaceAll(/\{@link ([^}]+)\}/g, '`$1`')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
