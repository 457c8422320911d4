/** Simulated worlds for your own tests: your programs, the real cluster code, virtual time. */
export type { Cluster, ClusterEvent, Io, JoinClusterOptions, Program } from '../api/index.ts';
export * from '../sim/checkers/index.ts';
export type { Fault, LatencyModel, NetworkModel } from '../sim/index.ts';
export { explore, ExploreError, type Exploration, type Explored } from './explore.ts';
export type { LogLine } from './journal.ts';
export type { Process, StartOptions } from './simulated-process.ts';
export type { TroubleKind, TroubleOptions } from './troubles.ts';
export { WorldError, type TimedFault } from './world-error.ts';
export { World, type WorldOptions } from './world.ts';
