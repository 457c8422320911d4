/** The host in virtual time: `Simulation` runs many nodes of one design, exactly and repeatably. */
export * from './checkers/index.ts';
export type { Counters } from './counters.ts';
export type { LatencyModel, NetworkModel, CutMode } from '../blocks/network/index.ts';
export type { Fault, Partition, Restart } from './faults.ts';
export { RunError } from './run-error.ts';
export { SimHost } from './sim-host.ts';
export { Simulation, type NodeOptions, type SimulationOptions } from './simulation.ts';
export type { WatchOptions } from './watch.ts';
