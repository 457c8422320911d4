/**
 * Timers about members, of one kind, as few as will do.
 *
 * Timers are never cancelled, so one for each suspicion would let whoever forges suspicions fill
 * this machine's memory with them. But an alarm that rings too early can be set again: so while
 * one is pending for a member that rings soon enough, there is no other.
 */
import { ROUNDING_MS } from '../../core/index.ts';
import type { HearsayEnv } from './protocol-env.ts';

export class Alarms {
  readonly #timer: number;
  /** When the earliest one rings, by slot. */
  #pending: Map<number, number> | undefined;

  constructor(timer: number) {
    this.#timer = timer;
  }

  /** Rings at this time or earlier. */
  set(env: HearsayEnv, slot: number, atMs: number): void {
    const pending = this.#pending?.get(slot);
    if (pending !== undefined && pending <= atMs) return;
    (this.#pending ??= new Map()).set(slot, atMs);
    env.after(Math.max(0, atMs - env.now), this.#timer, slot);
  }

  /** Whether this time has come. If not, an alarm that has just rung is set again. */
  isDue(env: HearsayEnv, slot: number, atMs: number): boolean {
    const pending = this.#pending?.get(slot);
    if (pending !== undefined && pending <= env.now + ROUNDING_MS) this.#pending?.delete(slot);
    if (env.now >= atMs - ROUNDING_MS) return true;
    this.set(env, slot, atMs);
    return false;
  }
}
