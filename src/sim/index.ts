/** The host in virtual time: `Simulation` runs many nodes of one design, exactly and repeatably. */
export type {
  Bandwidth,
  CutMode,
  LatencyModel,
  NetworkModel,
  ZoneLatency,
} from '../blocks/network/index.ts';
export * from './checkers/index.ts';
export type { Counters } from './counters.ts';
export type {
  Fault,
  LinkBandwidth,
  OneWayCut,
  PairCut,
  Partition,
  Reordering,
  Restart,
} from './fault.ts';
export type { Corrupt } from './parcels.ts';
export { parseReplay, recordReplay, runReplay, type Replay, type ReplayResult } from './replay.ts';
export { RunError } from './run-error.ts';
export * from './run-scenario.ts';
export * from './scenario.ts';
export { pureCrypto } from './sha256.ts';
export { SimHost, type Birth } from './sim-host.ts';
export type { TcpFault } from './sim-node.ts';
export { addressOf, Simulation, type NodeOptions, type SimulationOptions } from './simulation.ts';
export type { WatchOptions } from './watch.ts';
