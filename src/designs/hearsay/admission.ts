/**
 * A seed's side of joining: the server of a newcomer's first exchange asks two questions before it
 * answers. Do streams reach the newcomer? And where its name is known to live elsewhere: does that
 * life still answer (a conflict), or not (a restart)?
 */
import { mark, type Peer, type Why } from '../../core/index.ts';
import type { Streams } from '../../blocks/membership/index.ts';
import type { Contact } from './contact.ts';
import type { Exchange } from './exchange.ts';
import { AHEAD_MS_MAX } from './horizon.ts';
import type { Admit, Join } from './messages.ts';
import type { HearsayEnv } from './protocol-env.ts';
import type { HearsayShared } from './shared.ts';
import { Timer } from './timers.ts';
import type { View } from './view.ts';

export class Admissions {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #shared: HearsayShared;
  readonly #exchange: Exchange;
  /** Made when first needed: in a simulation most of thousands serve nobody. */
  #open: Map<number, Admission> | undefined;
  #turnedAway = 0;

  constructor(view: View, contact: Contact, shared: HearsayShared, exchange: Exchange) {
    this.#view = view;
    this.#contact = contact;
    this.#shared = shared;
    this.#exchange = exchange;
  }

  /** Newcomers being served. */
  get open(): number {
    return this.#open?.size ?? 0;
  }

  /** Newcomers not served, since there were too many. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /** A newcomer asks. */
  asked(env: HearsayEnv, from: Peer, { fact }: Join): void {
    for (const { newcomer } of this.#all()) if (newcomer === from) return;
    if (this.open >= ADMISSIONS_MAX || !env.keep(from)) {
      this.#turnedAway++;
      return;
    }
    const known = this.#rival(env, from, fact.name);
    const rival = known !== undefined && known.probe ? known.peer : undefined;
    const dialSeq = this.#contact.nextSeq();
    const admission: Admission = {
      dialSeq,
      rivalSeq: rival === undefined ? 0 : this.#contact.nextSeq(),
      newcomer: from,
      name: fact.name,
      start: known?.start ?? 0,
      streams: undefined,
      taken: rival === undefined ? (known?.taken ?? false) : undefined,
    };
    (this.#open ??= new Map()).set(dialSeq, admission);
    // On the lane that the newcomer has not opened: so this dials.
    this.#contact.probe(env, from, dialSeq);
    if (rival !== undefined) {
      mark('rival-probed');
      this.#contact.ping(env, rival, admission.rivalSeq);
      this.#contact.probe(env, rival, admission.rivalSeq);
    }
    env.after(this.#view.config.probeTimeoutMs, Timer.Admit, dialSeq);
    this.#settle(env, admission);
  }

  /** The newcomer, or its rival, answers. Returns whether that was asked here. */
  answered(env: HearsayEnv, seq: number): boolean {
    if (seq === 0) return false; // No question has it; it stands for a rival that was not asked.
    for (const admission of this.#all()) {
      if (admission.dialSeq === seq) admission.streams = 'yes';
      else if (admission.rivalSeq === seq) admission.taken = true;
      else continue;
      this.#settle(env, admission);
      return true;
    }
    return false;
  }

  unreachable(env: HearsayEnv, peer: Peer, token: number, why: Why): boolean {
    let ours = false;
    for (const admission of this.#all()) {
      if (token !== 0 && admission.dialSeq === token) {
        admission.streams = why === 'refused' ? 'no' : 'unknown';
      } else if (token !== 0 && admission.rivalSeq === token) {
        // A closed port does not mean that nobody lives there; another life does.
        if (why === 'gone') admission.taken ??= false;
      } else if (token === 0 && why === 'gone' && admission.rivalSeq !== 0) {
        const slot = this.#view.roster.slot(admission.name);
        if (this.#view.roster.fact(slot)?.peer === peer) admission.taken ??= false;
      } else {
        continue;
      }
      ours = true;
      this.#settle(env, admission);
    }
    return ours;
  }

  /** Someone's clock is so far ahead that nobody believes in his life: he is told the time. */
  tellTime(env: HearsayEnv, to: Peer): void {
    const fact = this.#view.untimely;
    this.#view.untimely = undefined;
    if (fact?.peer !== to) return;
    mark('time-told');
    this.#admit(env, to, 'welcome', this.#rival(env, to, fact.name)?.start ?? 0, fact.streams);
  }

  /**
   * Someone told this member a time that is long past: his clock is wrong, unless he too is
   * believed by others; then neither gives way. He is told the time, and of his own past.
   */
  answerTime(env: HearsayEnv, to: Peer, wallMs: number): void {
    const { horizon, roster, self, selfSlot } = this.#view;
    if (selfSlot < 0 || !self.isBelieved) return;
    if (wallMs === 0 || wallMs + AHEAD_MS_MAX > horizon.wallMs(env)) return;
    mark('time-answered');
    const { book } = this.#shared;
    const place = book.addressOf(to);
    let start = 0;
    for (const slot of roster.slots()) {
      const fact = roster.fact(slot);
      if (fact !== undefined && book.addressOf(fact.peer) === place) {
        start = Math.max(start, fact.start);
      }
    }
    this.#admit(env, to, 'welcome', start, 'unknown');
  }

  /** Time is up: what is not known by now counts as it does for the silent. */
  timeout(env: HearsayEnv, seq: number): void {
    const admission = this.#open?.get(seq);
    if (admission === undefined) return;
    admission.streams ??= 'unknown';
    admission.taken ??= false;
    this.#settle(env, admission);
  }

  #all(): Iterable<Admission> {
    return this.#open?.values() ?? [];
  }

  #settle(env: HearsayEnv, admission: Admission): void {
    const { newcomer, name, streams, taken } = admission;
    if (streams === undefined || taken === undefined) return;
    this.#open?.delete(admission.dialSeq);
    const verdict = taken ? 'name-taken' : 'welcome';
    this.#admit(env, newcomer, verdict, admission.start, streams);
    if (taken) env.emit({ type: 'name-conflict', name, yields: false });
    else this.#tell(env, newcomer);
    if (this.#view.selfSlot >= 0) this.#view.self.isBelieved = true; // By him, with my time.
    env.forget(newcomer);
  }

  #tell(env: HearsayEnv, newcomer: Peer): void {
    this.#exchange.tellAll(env, newcomer, false);
    this.#view.watcher?.exchange(env, newcomer, true);
  }

  #admit(
    env: HearsayEnv,
    to: Peer,
    verdict: Admit['verdict'],
    start: number,
    streams: Streams,
  ): void {
    const { horizon, selfSlot } = this.#view;
    // Of two newcomers neither knows the time: its own clock may be the one that is wrong.
    const wallMs = selfSlot < 0 ? 0 : Math.floor(horizon.wallMs(env));
    const message = { type: 'admit', verdict, start, streams, wallMs } as const;
    env.sendReliably(to, message, this.#contact.nextSeq(), 'bulk');
  }

  /** Another life of this name that is known here. */
  #rival(env: HearsayEnv, newcomer: Peer, name: string): Rival | undefined {
    const { book } = this.#shared;
    const { roster, self } = this.#view;
    const nodeId = book.nodeIdOf(newcomer);
    if (name === self.name) {
      const taken = this.#view.selfSlot >= 0 && nodeId !== self.fact.nodeId;
      return { peer: env.self, start: self.fact.start, probe: false, taken };
    }
    const slot = roster.slot(name);
    const known = roster.fact(slot);
    if (known === undefined || known.nodeId === nodeId) return undefined;
    const status = roster.status(slot);
    const elsewhere = book.addressOf(known.peer) !== book.addressOf(newcomer);
    const probe = elsewhere && status !== 'left' && status !== 'evicted';
    return { peer: known.peer, start: known.start, probe, taken: false };
  }
}

interface Rival {
  readonly peer: Peer;
  readonly start: number;
  /** Whether it may still live. */
  readonly probe: boolean;
  readonly taken: boolean;
}

interface Admission {
  readonly dialSeq: number;
  /** 0: there is no rival to ask. */
  readonly rivalSeq: number;
  readonly newcomer: Peer;
  readonly name: string;
  readonly start: number;
  /** Whether streams reach the newcomer; undefined: not known yet. */
  streams: Streams | undefined;
  /** Whether another living node has its name; undefined: not known yet. */
  taken: boolean | undefined;
}

/** Newcomers served at once; the others ask again. */
export const ADMISSIONS_MAX = 1024;
