// `npm run bench [-- args]`: compiles bench/ together with src/ (so it may import anything) and
// runs bench/main.ts with the collector exposed.
import { ensureInstalled, requireNode, root, run, tool } from './house.mjs';
import { join } from 'node:path';

requireNode();
ensureInstalled();
const tsc = [tool('typescript/bin/tsc'), '-p', 'bench'];
const main = join(root, '.cache', 'bench', 'bench', 'main.js');
process.exitCode =
  (await run(process.execPath, tsc)) ||
  (await run(process.execPath, ['--expose-gc', main, ...process.argv.slice(2)]));
