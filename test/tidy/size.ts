/** Files, functions and lines that have grown too long. */
import { isCode, isTest, type Problem, problemAt, type Source, walk } from './source.ts';

export const fileLinesMax = 600;
export const fileLinesNoted = 400;
const functionLinesMax = 70;
const columnsMax = 100;

export function longFiles(sources: readonly Source[], linesMax: number): Problem[] {
  return sources.flatMap((source) => {
    if (!isCode(source.path) || isTest(source.path) || isTable(source)) return [];
    const lines = source.text.trimEnd().split('\n').length;
    if (lines <= linesMax) return [];
    return [{ path: source.path, line: lines, what: `${lines} lines, over ${linesMax}` }];
  });
}

/** A data table is a file without a function. */
function isTable(source: Source): boolean {
  let functions = 0;
  walk(source.program, (node) => {
    if (isFunction(node.type)) functions++;
  });
  return functions === 0;
}

export function longFunctions(sources: readonly Source[]): Problem[] {
  return sources.flatMap((source) => {
    const problems: Problem[] = [];
    if (isTest(source.path)) return problems;
    walk(source.program, (node) => {
      if (!isFunction(node.type)) return;
      const lines = source.lineAt(node.end) - source.lineAt(node.start) + 1;
      if (lines <= functionLinesMax) return;
      problems.push(
        problemAt(source, node, `function of ${lines} lines, over ${functionLinesMax}`),
      );
    });
    return problems;
  });
}

function isFunction(type: string): boolean {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type);
}

/** A line is allowed to be longer for an address, which cannot be broken. */
export function longLines(sources: readonly Source[]): Problem[] {
  return sources.flatMap(({ path, text }) => {
    if (!isCode(path)) return [];
    return text.split('\n').flatMap((content, index) => {
      const columns = [...content].length;
      if (columns <= columnsMax || /https?:\/\//.test(content)) return [];
      return [{ path, line: index + 1, what: `${columns} columns, over ${columnsMax}` }];
    });
  });
}
