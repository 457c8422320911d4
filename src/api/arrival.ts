import { HearsayError, type Address, type HostEvent, type NodeId } from '../core/index.ts';
import type { HearsayEvent } from '../designs/hearsay/index.ts';
import { notRunning, type Life } from './life.ts';
import type { Member } from './member.ts';
import { isLive } from './members.ts';
import type { AbortSignalLike, Platform } from './platform.ts';

export interface ArrivalOptions {
  readonly addresses: readonly Address[];
  /** Asks who is there. */
  readonly ask: () => void;
  readonly timeoutMs: number;
  readonly signal: AbortSignalLike | undefined;
}

/**
 * Resolves when a live member is known at one of these addresses: it advertises one of them, or,
 * behind NAT, it is who has answered there.
 *
 * @throws HearsayError JOIN_TIMEOUT, ABORTED, NOT_RUNNING when the node stops meanwhile
 */
export async function untilArrival(
  platform: Platform,
  life: Life,
  { addresses, ask, timeoutMs, signal }: ArrivalOptions,
): Promise<void> {
  const wanted = new Set(addresses);
  const answered = new Set<NodeId>();
  const isWanted = (member: Pick<Member, 'address' | 'nodeId' | 'status'>): boolean =>
    isLive(member) && (wanted.has(member.address) || answered.has(member.nodeId));
  const isThere = (): boolean => [...life.all()].some(isWanted);
  if (isThere()) {
    ask();
    return;
  }
  let tidy = (): void => {};
  try {
    await new Promise<void>((resolve, reject) => {
      const observe = (event: HearsayEvent | HostEvent): void => {
        if (event.type === 'stopped' || event.type === 'failed') reject(notRunning('join'));
        if (event.type === 'introduced' && wanted.has(event.address)) {
          answered.add(event.nodeId);
          if (isThere()) resolve();
        }
        if ('member' in event && isWanted(event.member)) resolve();
      };
      const abort = (): void =>
        reject(new HearsayError('ABORTED', 'joining was given up', { cause: signal?.reason }));
      const expire = (): void => {
        const text = `no member at ${addresses.join(' or ')} within ${timeoutMs / 1000} s`;
        reject(new HearsayError('JOIN_TIMEOUT', `${text}; it is tried on now and then`));
      };
      const unwatch = life.watch(observe);
      const stopTimer = platform.after(timeoutMs, expire);
      tidy = () => {
        unwatch();
        stopTimer();
        signal?.removeEventListener('abort', abort);
      };
      signal?.addEventListener('abort', abort);
      if (signal?.aborted === true) abort();
      else ask();
    });
  } finally {
    tidy();
  }
}
