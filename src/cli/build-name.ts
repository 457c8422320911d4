import { version } from '../agent/version.ts';

/** What this program calls itself in what it records. */
export const BUILD = `hearsay ${version}`;
