/**
 * Property tests draw the same cases in every run, so that a change is judged by what it changed.
 * Other cases: HEARSAY_SEED=NUMBER, or HEARSAY_SEED=any for new ones in each run.
 */
import fc from 'fast-check';

const seed = process.env['HEARSAY_SEED'] ?? '1';
if (seed !== 'any') fc.configureGlobal({ seed: Number(seed) });
