import type { Keyring } from '../blocks/security/keyring.ts';
import type { RouteBook } from '../blocks/peers/book.ts';
import type { Address, NodeId, Random } from '../core/index.ts';
import type { Counters } from './counters.ts';
import type { Detours } from './detours.ts';
import type { Impairments } from './impairments.ts';
import type { Rejections } from './rejections.ts';
import type { SecretKey } from './secret.ts';
import type { StreamWatch } from './stream-watch.ts';
import type { Timers } from './timers.ts';

/** Who a life is on the wire, and what its packets and streams share. */
export interface Life {
  readonly book: RouteBook;
  readonly nodeId: NodeId;
  readonly clusterHash: string;
  /** Undefined: nothing is encrypted. */
  readonly keyring: Keyring<SecretKey> | undefined;
  /** Advertised; a later one takes its place when the node moves. */
  address: Address;
  /** For nonces: nobody can guess it. */
  readonly random: Random;
  /** They end with the life. */
  readonly timers: Pick<Timers, 'after'>;
  readonly counters: Counters;
  readonly rejections: Rejections;
  readonly streamWatch: StreamWatch;
  readonly impairments: Impairments;
  readonly detours: Detours;
  /** Who lives at an address that was asked for whoever lives there. */
  readonly onIntroduced: (address: Address, nodeId: NodeId) => void;
  /** Milliseconds, with fractions, never going back. */
  readonly now: () => number;
}
