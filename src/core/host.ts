import type { Book } from './book.ts';
import type { Env } from './env.ts';
import type { Address, NodeId } from './identity.ts';
import type { HostCounters } from './host-counters.ts';

/** What a host itself tells, besides its protocol's events. */
export type HostEvent =
  /** Input that failed the envelope, the decoder or a limit; at a limited rate, `count` of them. */
  | {
      readonly type: 'rejected';
      readonly reason: string;
      readonly source: string;
      readonly count: number;
    }
  /** A handler threw, or the sockets broke: the node has stopped. */
  | { readonly type: 'failed'; readonly error: unknown }
  /** `out`: this node's streams do not reach others that answer by packet, or do again. */
  | {
      readonly type: 'streams-blocked';
      readonly blocked: boolean;
      readonly direction: 'in' | 'out';
    }
  /** Who lives at an address that was asked for whoever lives there. */
  | { readonly type: 'introduced'; readonly address: Address; readonly nodeId: NodeId }
  /** What is to be saved cannot be written, or can again: `why` says more to a reader. */
  | { readonly type: 'saving-blocked'; readonly blocked: boolean; readonly why: string }
  /** The protocol called `stop`. */
  | { readonly type: 'stopped'; readonly reason: string };

/** What every host offers to the code around a protocol. */
export interface Host<P, M, E> {
  readonly book: Book;
  /** Of a live host. */
  readonly counters?: HostCounters;
  /** Runs a command exactly like a handler: its effects leave when it returns. */
  call<R>(command: (protocol: P, env: Env<M, E>) => R): R;
  /** Listens to both; the result takes the listener off again. */
  on(listener: (event: E | HostEvent) => void): () => void;
  /** A new protocol object and nodeId on the same sockets: a new life. */
  restart(): void;
  /** A live host resolves when its sockets are closed; a simulated one ends at once. */
  stop(): Promise<void> | void;
}
