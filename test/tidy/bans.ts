/**
 * What the pure folders must not name, so that a run depends on its seed alone and is the same on
 * Node.js and in every browser; and what the folders that merely do without Node must not.
 */
import { folderOf } from './imports.ts';
import { isNode, type Node, type Problem, problemAt, type Source, walk } from './source.ts';

const pure = new Set(['core', 'blocks', 'wire', 'designs', 'sim', 'lab']);
/** May be async, but take time, chance and effects from a Host like the pure ones. */
const withoutNode = new Set(['api', 'testing']);

/** Part of the language: banned whoever declares it. */
const language = new Set(['Date', 'Intl', 'Temporal', 'WeakRef', 'FinalizationRegistry']);
/** Part of a host: a local name of the same spelling is somebody else. */
const host = words(`
  setTimeout setInterval setImmediate queueMicrotask requestAnimationFrame
  clearTimeout clearInterval clearImmediate performance process Buffer
  console crypto fetch require globalThis global window self`);
/** Exact in every engine; the transcendental ones differ in the last digit. */
const exactMath = words(`
  abs floor ceil round trunc min max sqrt imul clz32 fround sign
  PI E LN2 LN10 LOG2E LOG10E SQRT2 SQRT1_2`);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

export function bannedNames(sources: readonly Source[]): Problem[] {
  return sources.flatMap((source) => {
    const folder = source.path.startsWith('src/') ? folderOf(source.path) : undefined;
    const isPure = folder !== undefined && pure.has(folder);
    if (folder === undefined || !(isPure || withoutNode.has(folder))) return [];
    const problems: Problem[] = [];
    const declared = declaredNames(source);
    walk(source.program, (node, parent, field) => {
      let what = bannedName(node, parent, field, declared);
      if (folder === 'testing' && what === 'setImmediate') what = undefined;
      if (isPure) what ??= asynchrony(node, parent, field) ?? inexact(node);
      if (what !== undefined) problems.push(problemAt(source, node, `${folder} uses ${what}`));
    });
    return problems;
  });
}

function bannedName(
  node: Node,
  parent: Node | undefined,
  field: string,
  declared: ReadonlySet<string>,
): string | undefined {
  if (node.type === 'MemberExpression') return bannedMember(node);
  if (node.type !== 'Identifier' || isLabel(parent, field)) return undefined;
  if (parent?.type === 'TSTypeQuery') return undefined; // `typeof globalThis`: a type does nothing.
  const name = String(node['name']);
  if (language.has(name)) return name;
  if (host.has(name) && !declared.has(name)) return name;
  if (name === 'Math' && !(parent?.type === 'MemberExpression' && field === 'object')) {
    return 'Math as a value';
  }
  return undefined;
}

function bannedMember(node: Node): string | undefined {
  const member = memberName(node);
  if (member !== undefined && /^(localeCompare|toLocale\w+)$/.test(member)) return member;
  if (!isNode(node['object']) || node['object']['name'] !== 'Math') return undefined;
  return member === 'random' || member === undefined ? `Math.${member ?? '[…]'}` : undefined;
}

/** Transcendental functions, and powers that engines compute as such. */
function inexact(node: Node): string | undefined {
  if (node.type === 'MemberExpression' && isNode(node['object'])) {
    const member = memberName(node);
    if (node['object']['name'] !== 'Math' || member === undefined) return undefined;
    return exactMath.has(member) ? undefined : `Math.${member}`;
  }
  const power = node['operator'] === '**' || node['operator'] === '**=';
  if (!power || !isNode(node['right'])) return undefined;
  const exponent = node['right']['value'];
  const exact = typeof exponent === 'bigint' || Number.isInteger(exponent);
  return exact ? undefined : '** whose exponent is no integer literal';
}

/** `async`, `await`, and Promise as a value: as a type it only names what a host may give. */
function asynchrony(node: Node, parent: Node | undefined, field: string): string | undefined {
  if (node['async'] === true) return 'async';
  if (node.type === 'AwaitExpression' || node['await'] === true) return 'await';
  const isType = parent?.type === 'TSTypeReference' || parent?.type === 'TSClassImplements';
  const isPromise = node.type === 'Identifier' && node['name'] === 'Promise';
  return isPromise && !isType && !isLabel(parent, field) ? 'Promise' : undefined;
}

function memberName(node: Node): string | undefined {
  const property = node['property'];
  if (!isNode(property)) return undefined;
  if (node['computed'] !== true) return String(property['name']);
  return typeof property['value'] === 'string' ? property['value'] : undefined;
}

/** Whether an identifier in this place is a mere label: `a.Date`, `{ Date: 1 }`, `Date() {}`. */
function isLabel(parent: Node | undefined, field: string): boolean {
  if (parent === undefined || parent['computed'] === true) return false;
  if (field === 'property') return parent.type === 'MemberExpression';
  if (field === 'key') return parent['shorthand'] !== true;
  if (parent.type === 'TSQualifiedName') return field === 'right';
  return field === 'label' || parent.type === 'ImportSpecifier' || parent.type === 'TSEnumMember';
}

/** All names that the file declares, in any scope. */
function declaredNames(source: Source): ReadonlySet<string> {
  const names = new Set<string>();
  const bind = (pattern: unknown): void => {
    if (Array.isArray(pattern)) for (const item of pattern) bind(item);
    if (!isNode(pattern)) return;
    if (pattern.type === 'Identifier') names.add(String(pattern['name']));
    for (const field of ['left', 'argument', 'elements', 'properties', 'value', 'parameter']) {
      bind(pattern[field]);
    }
  };
  walk(source.program, (node) => {
    if (/^(Import\w*Specifier)$/.test(node.type)) bind(node['local']);
    if (/^(VariableDeclarator|FunctionDeclaration|ClassDeclaration)$/.test(node.type)) {
      bind(node['id']);
    }
    if (Array.isArray(node['params'])) bind(node['params']);
  });
  return names;
}
