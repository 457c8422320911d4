import { setTimeout } from 'node:timers/promises';
import type { Io } from '../api/index.ts';
import { joinCluster } from './join-cluster.ts';

/** The real world for a program that is also tested in simulated ones. */
export function liveIo(name: string, { signal }: { readonly signal?: AbortSignal } = {}): Io {
  return {
    name,
    joinCluster,
    now: () => performance.now(),
    sleep: async (ms) => setTimeout(ms),
    random: () => Math.random(),
    signal: signal ?? new AbortController().signal,
    external: async (promise) => promise,
    log: (text) => void process.stdout.write(`${text}\n`),
  };
}
