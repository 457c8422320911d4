/** A file of the project as the checks see it: its text and, for code, its syntax tree. */
import { parseSync } from 'oxc-parser';

/** An ESTree node, as far as the checks care: a type, a span and children of any name. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface Source {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Undefined for what is not code. */
  readonly program: Node | undefined;
  lineAt(offset: number): number;
}

/** What a check complains of. */
export interface Problem {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

export function isCode(path: string): boolean {
  return /\.(ts|tsx|mts|mjs|js)$/.test(path);
}

export function isTest(path: string): boolean {
  return path.startsWith('test/') || path.endsWith('.test.ts');
}

export function sourceOf(path: string, text: string): Source {
  let program: Node | undefined;
  if (isCode(path)) {
    const parsed = parseSync(path, text, { sourceType: 'module' });
    const error = parsed.errors[0];
    if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`);
    program = parsed.program as unknown as Node;
  }
  return { path, text, program, lineAt: (offset) => text.slice(0, offset).split('\n').length };
}

/** Calls `visit` for a node and all below it, with the parent and the field that led there. */
export function walk(
  node: Node | undefined,
  visit: (node: Node, parent: Node | undefined, field: string) => void,
): void {
  const descend = (value: unknown, parent: Node | undefined, field: string): void => {
    if (Array.isArray(value)) {
      for (const item of value) descend(item, parent, field);
    } else if (isNode(value)) {
      visit(value, parent, field);
      for (const [name, child] of Object.entries(value)) descend(child, value, name);
    }
  };
  descend(node, undefined, '');
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

export function problemAt(source: Source, node: Node, what: string): Problem {
  return { path: source.path, line: source.lineAt(node.start), what };
}
