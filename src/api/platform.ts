import type { Address, Env, Host } from '../core/index.ts';
import type {
  HearsayEvent,
  HearsayMessage,
  HearsayProtocol,
  Tags,
} from '../designs/hearsay/index.ts';

/** A host that runs the flagship. */
export type HearsayHost = Host<HearsayProtocol, HearsayMessage, HearsayEvent>;

export type HearsayEnv = Env<HearsayMessage, HearsayEvent>;

/** What a new life begins with. */
export interface LifeStart {
  readonly tags: Tags;
  readonly seeds: readonly Address[];
  /** There are seeds, but nobody knows yet where. */
  readonly awaitsSeeds: boolean;
}

/** What became of seeds as people write them. */
export interface Resolution {
  readonly addresses: readonly Address[];
  readonly unresolved: readonly { readonly seed: string; readonly why: string }[];
}

/** Gives what a program gets in the place of a promise of ours. */
export type Promised = <T>(promise: Promise<T>) => Promise<T>;

/** What the public face needs of the world it runs in: sockets and DNS, or a simulation. */
export interface Platform {
  /** Opens the sockets, at the same place as before if there was one, and starts a life. */
  open(life: LifeStart): Promise<HearsayHost>;
  /** A seed that cannot be resolved stands for what it stood for the last time it could. */
  resolve(seeds: readonly string[]): Promise<Resolution>;
  /**
   * Asks again, now and then, what seeds stand for, and tells the addresses when they have changed.
   * The function it returns ends that. A world without names leaves it out.
   */
  watch?(
    seeds: () => readonly string[],
    found: (addresses: readonly Address[]) => void,
  ): () => void;
  /**
   * In a world whose time stands still between runs, a promise that knows it. Left out, the
   * promise itself.
   */
  readonly promised?: Promised;
  /** Calls back once, unless the function it returns is called before. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The part of the standard AbortSignal that is used here. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
