/** For tests that need a tool which not every machine has. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'vitest';

/**
 * True if the tool is here. If not, the test is skipped with one visible line; under `HEARSAY_CI`
 * it fails instead, since `.ci/run` installs every tool.
 */
export function need(context: TestContext, tool: string, isHere = onPath): true {
  if (isHere(tool)) return true;
  const why = `needs ${tool}, which is not installed here`;
  if (process.env['HEARSAY_CI'] !== undefined) throw new Error(`${context.task.name}: ${why}`);
  process.stderr.write(`skipped: ${context.task.name}: ${why}\n`);
  return context.skip(why);
}

function onPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
