import type { Tags } from '../designs/hearsay/index.ts';
import type { ListenerThrew } from './listeners.ts';
import type { Logger } from './logger.ts';
import type { AbortSignalLike } from './platform.ts';

/** What a node is, whichever world it runs in. */
export interface ClusterOptions {
  readonly name: string;
  readonly seeds: readonly string[];
  readonly tags: Tags;
  readonly joinTimeoutMs: number;
  readonly retry: boolean;
  readonly logger?: Logger | undefined;
  /** A listener has thrown or rejected, which is in the log already. */
  readonly listenerThrew?: ListenerThrew | undefined;
}

export interface JoinRequest {
  /** `host:port`, besides those known. */
  readonly seeds?: readonly string[];
  readonly signal?: AbortSignalLike | undefined;
  /** Milliseconds; else as at the first joining. */
  readonly timeoutMs?: number;
  readonly retry?: boolean;
}
