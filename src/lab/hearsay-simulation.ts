import type {
  HearsayConfig,
  HearsayEvent,
  HearsayMessage,
  HearsayProtocol,
  HearsayShared,
} from '../designs/hearsay/index.ts';
import type { Simulation } from '../sim/index.ts';

/** A simulation of flagships: what audits of their promises listen to. */
export type HearsaySimulation = Simulation<
  HearsayConfig,
  HearsayMessage,
  HearsayEvent,
  HearsayShared,
  HearsayProtocol
>;
