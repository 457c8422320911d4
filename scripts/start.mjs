// `npm start [-- args]`: the demo, on a machine that has only Node.js and npm.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, requireNode, root } from './house.mjs';

requireNode();
ensureInstalled();
ensureBuilt();
const main = join(root, 'dist', 'cli', 'main.js');
process.argv = [process.execPath, main, 'demo', ...process.argv.slice(2)];
await import(pathToFileURL(main).href);
