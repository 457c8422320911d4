// `npm test [-- args]`: all tests, or those whose path matches an argument, run from their sources.
import { ensureInstalled, requireNode, run, tool } from './house.mjs';

requireNode();
ensureInstalled();
const args = process.argv.slice(2);
process.exitCode = await run(process.execPath, [tool('vitest/vitest.mjs'), 'run', ...args]);
