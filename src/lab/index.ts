/** Experiments in virtual time: how fast, at what cost, how often wrong. */
export type { Tuning } from './adapters/adapter.ts';
export type { Belief, Verdict } from './adapters/belief.ts';
export * from './converge.ts';
export * from './detect.ts';
export type { FalseAlarmCounts } from './false-alarms.ts';
export * from './flapping.ts';
export * from './mass-restart.ts';
export * from './quiet.ts';
export * from './rumor/index.ts';
export * from './scenario-designs.ts';
export * from './search/index.ts';
export * from './speed.ts';
export * from './starve.ts';
export * from './storm.ts';
export * from './statistics.ts';
export * from './table.ts';
export * from './trial.ts';
