// `npm run build`: dist/ is src/ compiled, file by file, without leftovers.
import { ensureBuilt, ensureInstalled, requireNode } from './house.mjs';

requireNode();
ensureInstalled();
ensureBuilt();
