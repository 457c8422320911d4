/**
 * Whom one node suspects, since when, accused by whom, and until when: how long a suspicion lasts
 * is `blocks/failure/suspicion.ts`, what happens at its end `verdicts.ts`.
 */
import { suspicionMinMs, suspicionMs, type SuspicionOptions } from '../../blocks/failure/index.ts';
import {
  NO_ACCUSERS,
  uniteAccusations,
  type Accusation,
  type News,
  type Registry,
  type Roster,
} from '../../blocks/membership/index.ts';
import { broken, mark } from '../../core/index.ts';
import { Alarms } from './alarms.ts';
import { MassRefusal } from './mass-refusal.ts';
import type { HearsayEnv } from './protocol-env.ts';
import type { Tuning } from './shared.ts';
import { Timer } from './timers.ts';

export interface Suspicion {
  news: News;
  readonly sinceMs: number;
  deadlineMs: number;
  /** What this node had heard when it last asked the accused the last question. */
  askedAt: number | undefined;
  /** This node's own verdict is due, and lacks but accusers. */
  isWaiting: boolean;
  /** Until when this node, deaf itself, holds its verdict; undefined: it was never deaf. */
  deafUntilMs: number | undefined;
}

export class Suspicions {
  readonly verdicts = new Alarms(Timer.Verdict);
  readonly questions = new Alarms(Timer.Question);
  readonly #config: Tuning;
  readonly #roster: Roster;
  readonly #registry: Registry;
  readonly #options: SuspicionOptions;
  readonly #accusersMax: number;
  readonly #open = new Map<number, Suspicion>();
  readonly #massRefusal: MassRefusal | undefined;

  constructor(config: Tuning, roster: Roster, registry: Registry) {
    this.#config = config;
    this.#roster = roster;
    this.#registry = registry;
    this.#massRefusal = config.massRefusal ? new MassRefusal() : undefined;
    this.#accusersMax = Math.max(config.confirmations + 1, HARD_ACCUSERS_KEPT, config.accusers);
    this.#options = {
      intervalMs: config.probeIntervalMs,
      alpha: config.suspicionAlpha,
      beta: config.dynamicSuspicion ? config.suspicionBeta : 1,
      confirmations: config.dynamicSuspicion ? config.confirmations : 0,
      refusal: config.refusal,
    };
  }

  get size(): number {
    return this.#open.size;
  }

  get(slot: number): Suspicion | undefined {
    return this.#open.get(slot);
  }

  /** The slots of all suspects. */
  slots(): Iterable<number> {
    return this.#open.keys();
  }

  /** Whether nobody can have declared it dead for its silence yet: it is hardly suspected. */
  isFresh(slot: number, now: number): boolean {
    const sinceMs = this.#open.get(slot)?.sinceMs ?? now;
    return now - sinceMs < suspicionMinMs(this.#options, this.#roster.live) / 2;
  }

  begin(env: HearsayEnv, slot: number, news: News): void {
    const suspicion: Suspicion = {
      news,
      sinceMs: env.now,
      deadlineMs: Infinity,
      askedAt: undefined,
      isWaiting: false,
      deafUntilMs: undefined,
    };
    this.#open.set(slot, suspicion);
    this.#checkAccusers(news);
    this.#setDeadline(env, slot, suspicion);
  }

  end(slot: number): void {
    this.#open.delete(slot);
  }

  /** More accusers of a suspect. Returns what is worth telling of it now, if anything is. */
  confirm(env: HearsayEnv, slot: number, news: News): News | undefined {
    const suspicion = this.#open.get(slot);
    if (suspicion === undefined || suspicion.news === news) return undefined;
    const before = suspicion.news;
    const accusers = uniteAccusations(before.accusers, news.accusers, this.#accusersMax);
    if (accusers === before.accusers) return undefined;
    mark('confirmation');
    // The fact stays ours: who claims the same life and counter elsewhere is not believed.
    const whole = accusers === news.accusers && news.fact === before.fact;
    suspicion.news = whole ? news : this.#registry.internNews({ ...before, accusers });
    this.#checkAccusers(suspicion.news);
    const sooner = this.#setDeadline(env, slot, suspicion);
    // Other accusers instead of as many and as strong ones are no news.
    return sooner || accusers.length > before.accusers.length ? suspicion.news : undefined;
  }

  /** The same with no more accusers than this node keeps: others may have a larger K. */
  bounded(news: News): News {
    if (news.accusers.length <= this.#accusersMax) return news;
    const accusers = uniteAccusations(NO_ACCUSERS, news.accusers, this.#accusersMax);
    return { ...news, accusers };
  }

  /** How long a suspicion lasts, as things stand. */
  lengthMs(now: number, accusers: readonly Accusation[]): number {
    const refusal = this.#options.refusal && !this.isMassRefusal(now);
    const options =
      refusal === this.#options.refusal ? this.#options : { ...this.#options, refusal };
    return suspicionMs(options, this.#roster.live, accusers);
  }

  /** Whether a refusal proves nothing now, since so many are refused. */
  isMassRefusal(now: number): boolean {
    return this.#massRefusal?.isMass(now, this.#roster) ?? false;
  }

  #checkAccusers({ accusers }: News): void {
    if (accusers.length > this.#accusersMax) broken('more accusers than are kept');
  }

  /** Only ever earlier; whether it is. The question comes one probe timeout before the verdict. */
  #setDeadline(env: HearsayEnv, slot: number, suspicion: Suspicion): boolean {
    if (suspicion.askedAt !== undefined) return false; // Whoever was asked has his time to answer.
    const { lastQuestion, probeTimeoutMs } = this.#config;
    const { accusers } = suspicion.news;
    if (accusers.some(({ met }) => met === 'refused')) this.#massRefusal?.note(slot, env.now);
    const soonestMs = env.now + (lastQuestion ? probeTimeoutMs : 0);
    const lengthMs = this.lengthMs(env.now, accusers);
    const deadlineMs = Math.max(soonestMs, suspicion.sinceMs + lengthMs);
    if (deadlineMs >= suspicion.deadlineMs) return false;
    suspicion.deadlineMs = deadlineMs;
    this.verdicts.set(env, slot, deadlineMs);
    if (lastQuestion) this.questions.set(env, slot, deadlineMs - probeTimeoutMs);
    return true;
  }
}

/** Three accusers by refusal shorten a suspicion, however small K is. */
const HARD_ACCUSERS_KEPT = 3;
