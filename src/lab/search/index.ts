/** A search for bugs: random scenarios, what they reached, and the smallest form of what broke. */
export { Coverage, type Reached } from './coverage.ts';
export { randomScenario, type RandomScenarioOptions } from './random-scenario.ts';
export { EXCEPTION, firstViolation, searchSeed, type SeedResult } from './search.ts';
export { shrink, type Shrunk, type ShrinkOptions } from './shrink.ts';
export { SUBJECT_NAMES } from './subjects.ts';
