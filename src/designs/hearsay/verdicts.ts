/**
 * From suspicion to death: the last question, the pause guard, the number of accusers.
 */
import { isHardlyAccused } from '../../blocks/failure/index.ts';
import { mark, ROUNDING_MS } from '../../core/index.ts';
import type { Contact } from './contact.ts';
import type { HearsayEnv } from './protocol-env.ts';
import type { Suspicion } from './suspicions.ts';
import type { View } from './view.ts';

export class Verdicts {
  readonly #view: View;
  readonly #contact: Contact;

  constructor(view: View, contact: Contact) {
    this.#view = view;
    this.#contact = contact;
  }

  /** One probe timeout before the verdict the accused is asked once more, by packet and stream. */
  question(env: HearsayEnv, slot: number): void {
    const { config, suspicions } = this.#view;
    const suspicion = suspicions.get(slot);
    const dueMs = (suspicion?.deadlineMs ?? -Infinity) - config.probeTimeoutMs;
    if (!suspicions.questions.isDue(env, slot, dueMs) || suspicion?.askedAt !== undefined) return;
    if (suspicion !== undefined) this.#ask(env, suspicion);
  }

  verdict(env: HearsayEnv, slot: number): void {
    const { config, roster, suspicions } = this.#view;
    const suspicion = suspicions.get(slot);
    if (!suspicions.verdicts.isDue(env, slot, suspicion?.deadlineMs ?? -Infinity)) return;
    if (suspicion === undefined) return;
    if (config.pauseGuard && env.now - suspicion.deadlineMs > config.probeTimeoutMs) {
      // This node slept through the deadline, and perhaps through the refutation.
      mark('pause-guard');
      this.#view.tally.paused++;
      this.#ask(env, suspicion);
      this.#postpone(env, slot, suspicion, 2 * config.probeTimeoutMs);
      return;
    }
    const others = roster.live - 1;
    // Whom this node cannot reach cannot be waited for: this node, and those not suspected.
    const able = roster.live - suspicions.size;
    if (config.lastQuestion && others > 1 && this.#isDeaf(env, suspicion)) {
      mark('deaf');
      this.#view.tally.deaf++;
      this.#ask(env, suspicion);
      this.#postpone(env, slot, suspicion, config.probeIntervalMs);
      return;
    }
    const dueMs = suspicion.sinceMs + suspicions.lengthMs(env.now, suspicion.news.accusers);
    if (suspicions.isMassRefusal(env.now) && env.now < dueMs - ROUNDING_MS) {
      mark('mass-refusal');
      this.#postpone(env, slot, suspicion, dueMs - env.now);
      return;
    }
    if (suspicion.news.accusers.length < Math.min(config.accusers, able)) {
      mark('too-few-accusers');
      suspicion.isWaiting = true;
      // Some who accuse too may not have been heard: what was told to the dead is told no more.
      this.#view.hot.push(env, slot, suspicion.news);
      this.#postpone(env, slot, suspicion, config.probeIntervalMs);
      return;
    }
    this.#view.declareDead(env, slot);
  }

  /**
   * Whether nobody at all has been heard since the last question: then it is this node that is out
   * of reach, starved or cut off, and its verdict says little. But not for ever: whoever is alone
   * for longer than the suspicion lasted must believe it.
   */
  #isDeaf(env: HearsayEnv, suspicion: Suspicion): boolean {
    if (suspicion.askedAt !== this.#answers) return false;
    suspicion.deafUntilMs ??= env.now + (env.now - suspicion.sinceMs);
    return env.now < suspicion.deafUntilMs;
  }

  /** Counts answers of any kind: also who is refused is not deaf. */
  get #answers(): number {
    return this.#view.heard + this.#view.refusals;
  }

  #ask(env: HearsayEnv, suspicion: Suspicion): void {
    mark('last-question');
    suspicion.askedAt = this.#answers;
    const { peer } = suspicion.news.fact;
    const seq = this.#contact.nextSeq();
    this.#contact.ping(env, peer, seq);
    // Where its port has refused enough of us, it would refuse once more.
    const hard = isHardlyAccused(suspicion.news.accusers, this.#view.roster.live);
    if (this.#view.config.streamProbe && !hard) this.#contact.probe(env, peer, seq);
  }

  #postpone(env: HearsayEnv, slot: number, suspicion: Suspicion, byMs: number): void {
    suspicion.deadlineMs = env.now + byMs;
    this.#view.suspicions.verdicts.set(env, slot, suspicion.deadlineMs);
  }
}
