/** What runs are held to: promises about any design's views, observed from outside. */
export { Accuracy } from './accuracy.ts';
export { healthyFor, membersFor } from './checker.ts';
export type { Checker, Observed, ObservedNode, Report, Violation } from './checker.ts';
export { Bounded } from './bounded.ts';
export { Completeness } from './completeness.ts';
export { Convergence } from './convergence.ts';
export { DataAgreement, type DataAgreementOptions } from './data-agreement.ts';
export { Departure } from './departure.ts';
export { Invariants } from './invariants.ts';
export { NoGhosts } from './no-ghosts.ts';
export { NoResurrection } from './no-resurrection.ts';
export { NoStuckSuspicion } from './no-stuck-suspicion.ts';
export { OneLife } from './one-life.ts';
