import { readFileSync } from 'node:fs';

/** Of the package, which lies two folders up from `src/agent` and from `dist/agent`. */
export const version: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  }
).version;
