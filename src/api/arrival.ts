import { HearsayError, type Address, type HostEvent } from '../core/index.ts';
import type { HearsayEvent } from '../designs/hearsay/index.ts';
import { notRunning, type Life } from './life.ts';
import { isLive } from './members.ts';
import type { AbortSignalLike, Platform } from './platform.ts';

export interface ArrivalOptions {
  readonly addresses: readonly Address[];
  readonly timeoutMs: number;
  readonly signal: AbortSignalLike | undefined;
}

/**
 * Resolves when a live member is known at one of these addresses, as members advertise them.
 *
 * @throws HearsayError JOIN_TIMEOUT, ABORTED, NOT_RUNNING when the node stops meanwhile
 */
export async function untilArrival(
  platform: Platform,
  life: Life,
  { addresses, timeoutMs, signal }: ArrivalOptions,
): Promise<void> {
  const wanted = new Set(addresses);
  for (const member of life.all()) if (isLive(member) && wanted.has(member.address)) return;
  let tidy = (): void => {};
  try {
    await new Promise<void>((resolve, reject) => {
      const observe = (event: HearsayEvent | HostEvent): void => {
        if (event.type === 'stopped' || event.type === 'failed') reject(notRunning('join'));
        if ('member' in event && isLive(event.member) && wanted.has(event.member.address))
          resolve();
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
    });
  } finally {
    tidy();
  }
}
