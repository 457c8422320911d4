import type { NetworkModel } from '../blocks/network/index.ts';
import type { Fault } from './fault.ts';

/** What goes wrong with the network, everywhere or with what one node sends and gets. */
export type NetworkFault = Extract<
  Fault,
  { type: 'loss' | 'duplication' | 'reordering' | 'bandwidth' | 'slow' | 'latency' }
>;

/**
 * Whether a network is worse with a fault than its model says: then nobody there is held to
 * promises until that is undone. Packets that arrive twice are never an excuse.
 */
export function isWorse(fault: NetworkFault, model: NetworkModel): boolean {
  switch (fault.type) {
    case 'loss':
      return fault.loss > (fault.node === undefined ? (model.loss ?? 0) : 0);
    case 'duplication':
      return false;
    case 'reordering': {
      const usual = fault.node === undefined ? model.reordering : undefined;
      if (fault.fraction === 0) return false;
      return fault.fraction > (usual?.fraction ?? 0) || fault.byMs > (usual?.byMs ?? 0);
    }
    case 'bandwidth': {
      const usual = model.bandwidth?.bitsPerSecond ?? Infinity;
      return fault.bitsPerSecond > 0 && fault.bitsPerSecond < usual;
    }
    case 'slow':
      return fault.byMs > 0;
    case 'latency':
      return JSON.stringify(fault.latency) !== JSON.stringify(model.latency);
  }
}
