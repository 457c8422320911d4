/**
 * Failure detection: one member is probed each period.
 *
 * SWIM (Das, Gupta, Motivala 2002): a ping; unanswered, k helpers are asked to ping for us; still
 * nothing by the end of the period, the member is suspected. Lifeguard (2017) scales period and
 * timeout by this node's own health and has helpers say that *they* are there (NACK). As in
 * memberlist a ping over a stream runs beside the helpers. Beyond these, a stream that is
 * *refused* is evidence: the host answers and the process does not. Helpers try a stream too, and
 * when one has met refusal as well, the member is accused without waiting for the period's end.
 */
import { isHard, type Accusation, type Fact, type Met } from '../../blocks/membership/index.ts';
import { ProbeOrder } from '../../blocks/peers/probe-order.ts';
import { mark, type Peer, ROUNDING_MS, type Why } from '../../core/index.ts';
import { seqAfter, type Contact } from './contact.ts';
import type { HearsayCounts } from './counts.ts';
import type { ProbePath } from './events.ts';
import type { Nack } from './messages.ts';
import type { ProbeAnswer, ProbeRecord, ProbeRecords } from './probe-records.ts';
import type { HearsayEnv } from './protocol-env.ts';
import { STREAM_AFTER, type Relays } from './relays.ts';
import { Timer } from './timers.ts';
import type { View } from './view.ts';

export class Prober {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #order = new ProbeOrder();
  readonly #relays: Relays;
  #probe: Probing | undefined;
  #periodDueMs = 0;
  #pings = 0;
  #answers = 0;
  /** What happens less often than once a period. */
  #rare: RareCounts | undefined;
  /** Kept only where somebody may ask. */
  #records: ProbeRecords | undefined;

  constructor(view: View, contact: Contact, relays: Relays) {
    this.#view = view;
    this.#contact = contact;
    this.#relays = relays;
  }

  /** Questions so far. */
  get counts(): HearsayCounts['probes'] {
    const { helpersAsked, helped, streams, streamed, failed } = this.#rare ?? zeroRareCounts();
    return {
      direct: { sent: this.#pings, answered: this.#answers },
      indirect: { sent: helpersAsked, answered: helped },
      stream: { sent: streams, answered: streamed },
      failed: { ...failed },
    };
  }

  /** From now on every probe of this node's own is recorded. */
  record(records: ProbeRecords): void {
    this.#records ??= records;
  }

  recordOf(slot: number, peer: Peer): ProbeRecord | undefined {
    return this.#records?.of(slot, peer);
  }

  /** Starts at a random phase, so that nodes started together do not probe together. */
  start(env: HearsayEnv): void {
    this.#schedule(env, env.random.float() * this.#view.config.probeIntervalMs);
  }

  /** Whom this node was asking is no longer known. */
  forget(): void {
    this.#probe = undefined;
  }

  /** Ends one period and begins the next. */
  period(env: HearsayEnv): void {
    const { config, health } = this.#view;
    const lateMs = env.now - this.#periodDueMs;
    const paused = config.pauseGuard && lateMs > config.probeTimeoutMs;
    if (paused) {
      mark('pause-guard');
      this.#view.tally.paused++;
    } else {
      this.#judge(env);
    }
    this.#probe = undefined;
    this.#begin(env);
    this.#schedule(env, config.probeIntervalMs * health.multiplier);
  }

  /** The direct ping has had its time: helpers try, and soon a stream beside them. */
  indirect(env: HearsayEnv, seq: number): void {
    const probe = this.#probe;
    if (probe === undefined || probe.seq !== seq || probe.answered || probe.stage !== Stage.Direct)
      return;
    const { config, roster } = this.#view;
    const { peer } = probe.fact;
    if (roster.fact(probe.slot)?.peer !== peer) return; // Another life or place by now.
    mark('indirect-probe');
    probe.stage = Stage.Helped;
    const helpers = roster.pickSome(config.helpers, env.random, this.#view.selfSlot, probe.slot);
    const asked: Helper[] = [];
    probe.helpers = asked;
    for (const slot of helpers) {
      const helper = roster.fact(slot);
      if (helper === undefined) continue;
      this.#counted.helpersAsked++;
      asked.push({ name: helper.name, peer: helper.peer, atMs: env.now, ...UNHEARD });
      const news = this.#view.tell('ping-request');
      env.send(helper.peer, { type: 'ping-request', seq, target: peer, news });
    }
    if (config.streamProbe) env.after(config.probeTimeoutMs * STREAM_AFTER, Timer.Stream, seq);
  }

  /**
   * Helpers' pings have mostly been answered by now, if they are answered at all; where not, a
   * stream tries too, this node's own or the helper's. So in a lossy network hardly any is opened.
   */
  stream(env: HearsayEnv, seq: number): void {
    const probe = this.#probe;
    if (probe?.seq !== seq) {
      this.#relays.stream(env, seq);
      return;
    }
    if (probe.answered || this.#view.roster.fact(probe.slot)?.peer !== probe.fact.peer) return;
    mark('stream-probe');
    this.#counted.streams++;
    probe.stage = Stage.Streamed;
    this.#contact.probe(env, probe.fact.peer, seqAfter(seq));
  }

  /** A member that refused twice has had its chance to answer. */
  refused(env: HearsayEnv, seq: number): void {
    const probe = this.#probe;
    if (probe === undefined || probe.seq !== seq || probe.answered) return;
    mark('refusal');
    this.#accuse(env, probe);
  }

  /** An answer, from whomever. Returns whether it was to a question of this part. */
  answered(env: HearsayEnv, from: Peer, seq: number): boolean {
    const probe = this.#probe;
    if (probe !== undefined && (probe.seq === seq || isStreamOf(probe, seq))) {
      if (!probe.answered) this.#settle(env, probe, from, seq);
      return true;
    }
    return this.#relays.answered(env, seq);
  }

  /** A helper says that it got no answer either. */
  nacked(env: HearsayEnv, from: Peer, nack: Nack): void {
    const probe = this.#probe;
    if (probe === undefined || probe.seq !== nack.seq) return;
    const helper = probe.helpers.find(({ peer }) => peer === from);
    if (helper === undefined) return;
    mark('nack');
    helper.tookMs ??= env.now - helper.atMs;
    if (helper.met === undefined || isHard(nack.met)) helper.met = nack.met;
    this.#weigh(env, probe);
  }

  /** A probe is known to have failed. Returns whether it was one of this part. */
  unreachable(env: HearsayEnv, peer: Peer, token: number, why: Why): boolean {
    const met = MET[why];
    const probe = this.#probe;
    if (met === undefined) {
      // This machine's own trouble accuses nobody.
      return token === 0 || isStreamOf(probe, token) || this.#relays.has(token);
    }
    if (met === 'refused' && this.#view.isStreamed(peer)) {
      const isOwn = token === 0 ? probe?.fact.peer === peer : isStreamOf(probe, token);
      if (isOwn) this.#refusedOnce(env, probe!);
      // A helper has no time to be refused twice.
      return isOwn || token === 0 || this.#relays.has(token);
    }
    if (token === 0) {
      if (probe?.fact.peer === peer && !probe.answered && met === 'gone') {
        mark('gone');
        probe.met = met;
        this.indirect(env, probe.seq);
        this.#weigh(env, probe);
      }
      this.#relays.packetMet(env, peer, met);
      return true;
    }
    if (probe !== undefined && isStreamOf(probe, token)) {
      probe.met = met;
      this.#weigh(env, probe);
      return true;
    }
    return this.#relays.streamMet(env, token, met);
  }

  /**
   * Whom TCP alone reaches has no other way to answer, and a listener may be shut for a moment: so
   * he has refused when he did so twice, some time apart.
   */
  #refusedOnce(env: HearsayEnv, probe: Probing): void {
    const { refusal, streamProbe } = this.#view.config;
    if (probe.answered || !refusal || !streamProbe) return;
    probe.refusedAtMs ??= env.now;
    if (env.now - probe.refusedAtMs >= REFUSED_AGAIN_MS - ROUNDING_MS) {
      mark('refused-twice');
      probe.met = 'refused';
      this.#weigh(env, probe);
    } else {
      env.after(probe.refusedAtMs + REFUSED_AGAIN_MS - env.now, Timer.Stream, probe.seq);
    }
  }

  #schedule(env: HearsayEnv, delayMs: number): void {
    this.#periodDueMs = env.now + delayMs;
    env.after(delayMs, Timer.Period);
  }

  #begin(env: HearsayEnv): void {
    const { config, health, roster, selfSlot } = this.#view;
    const capacity = roster.capacity;
    const { passes } = this.#order;
    const slot = this.#order.next(
      capacity,
      env.random,
      (candidate) => candidate !== selfSlot && roster.isLive(candidate),
    );
    if (this.#order.passes !== passes) roster.beginPass();
    const fact = slot < 0 ? undefined : roster.fact(slot);
    if (fact === undefined) return;
    const seq = this.#contact.nextSeq();
    this.#contact.nextSeq(); // The stream's.
    this.#probe = {
      seq,
      slot,
      fact,
      atMs: env.now,
      answered: false,
      stage: Stage.Direct,
      weighed: false,
      accused: false,
      met: undefined,
      refusedAtMs: undefined,
      helpers: NO_HELPERS,
    };
    this.#pings++;
    this.#contact.ping(env, fact.peer, seq);
    env.after(config.probeTimeoutMs * health.multiplier, Timer.Indirect, seq);
  }

  /** The first answer to this node's own probe. */
  #settle(env: HearsayEnv, probe: Probing, from: Peer, seq: number): void {
    this.#view.health.change(-1);
    probe.answered = true;
    let path: ProbeAnswer = 'direct';
    let via: string | undefined;
    if (isStreamOf(probe, seq)) {
      path = 'stream';
      this.#counted.streamed++;
    } else if (from !== probe.fact.peer) {
      path = 'indirect';
      via = probe.helpers.find(({ peer }) => peer === from)?.name;
      this.#counted.helped++;
    } else {
      this.#answers++;
    }
    this.#note(env, probe, path, via);
  }

  #note(env: HearsayEnv, probe: Probing, path: ProbeAnswer | Met, via?: string): void {
    this.#records?.note(probe.slot, probe.fact.peer, {
      at: env.wallMs,
      path,
      ...(via === undefined ? {} : { via }),
      tookMs: env.now - probe.atMs,
    });
  }

  /** The period is over. */
  #judge(env: HearsayEnv): void {
    const probe = this.#probe;
    if (probe === undefined || probe.answered) return;
    const asked = probe.helpers.length;
    const told = probe.helpers.filter(({ met }) => met !== undefined).length;
    const { config, health } = this.#view;
    // Silent helpers speak against this node's own health; helpers who answered speak for it.
    health.change(config.nacks && asked > 0 ? asked - told : 1);
    this.#accuse(env, probe);
  }

  /** When this node and a helper have both met more than silence, the end is near. */
  #weigh(env: HearsayEnv, probe: Probing): void {
    if (probe.weighed || probe.answered || !this.#view.config.refusal) return;
    if (!isHard(this.#weight(env, probe, probe.met))) return;
    const seconded = probe.helpers.some(({ met }) => isHard(this.#weight(env, probe, met)));
    if (!seconded && probe.helpers.length > 0) return;
    probe.weighed = true;
    env.after(REFUSED_GRACE_MS, Timer.Refused, probe.seq);
  }

  #accuse(env: HearsayEnv, probe: Probing): void {
    const { health, roster, self } = this.#view;
    if (probe.accused || roster.fact(probe.slot)?.peer !== probe.fact.peer) return;
    probe.accused = true;
    const met = this.#weight(env, probe, probe.met);
    this.#counted.failed[met]++;
    const by: Accusation[] = [{ by: self.name, met }];
    for (const { name, met: heard } of probe.helpers) {
      const weight = this.#weight(env, probe, heard);
      if (isHard(weight)) by.push({ by: name, met: weight });
    }
    const path: ProbePath = {
      tookMs: env.now - probe.atMs,
      stream: probe.met ?? (probe.stage === Stage.Streamed ? 'open' : 'untried'),
      helpers: probe.helpers.map(({ name, met: heard, tookMs }) => ({ name, met: heard, tookMs })),
      rttMs: this.recordOf(probe.slot, probe.fact.peer)?.rttMs,
      health: health.score,
    };
    this.#note(env, probe, met);
    this.#view.accuse(env, probe.slot, by, path);
  }

  get #counted(): RareCounts {
    return (this.#rare ??= zeroRareCounts());
  }

  /** What a meeting counts as: a refusal proves nothing where the port is not known to be open. */
  #weight(env: HearsayEnv, probe: Probing, met: Met | undefined): Met {
    const { config, roster } = this.#view;
    if (met === undefined || !config.refusal) return 'silence';
    if (met !== 'refused') return met;
    const streams = roster.fact(probe.slot)?.streams;
    if (streams !== 'yes') return 'silence';
    return this.#view.suspicions.isMassRefusal(env.now) ? 'silence' : met;
  }
}

/** The stream's question has the next number: so its answer is told from that of a slow ping. */
function isStreamOf(probe: Probing | undefined, seq: number): boolean {
  return probe !== undefined && seqAfter(probe.seq) === seq;
}

/** Who has been asked by now. */
const Stage = { Direct: 0, Helped: 1, Streamed: 2 } as const;
type Stage = (typeof Stage)[keyof typeof Stage];

/** A probe of this node's own, for one period. */
interface Probing {
  readonly seq: number;
  readonly slot: number;
  readonly fact: Fact;
  readonly atMs: number;
  /** Who was asked to help; none before the direct ping has had its time. */
  helpers: readonly Helper[];
  answered: boolean;
  stage: Stage;
  weighed: boolean;
  accused: boolean;
  /** What this node's own stream, or its ping, met. */
  met: Met | undefined;
  /** When a member that TCP alone reaches first refused. */
  refusedAtMs: number | undefined;
}

interface Helper {
  readonly name: string;
  readonly peer: Peer;
  /** When it was asked. */
  readonly atMs: number;
  tookMs: number | undefined;
  /** What it said it met; undefined: nothing yet. */
  met: Met | undefined;
}

/** What mostly stays zero. */
interface RareCounts {
  helpersAsked: number;
  helped: number;
  streams: number;
  streamed: number;
  readonly failed: Record<Met, number>;
}

function zeroRareCounts(): RareCounts {
  const failed = { silence: 0, refused: 0, gone: 0 };
  return { helpersAsked: 0, helped: 0, streams: 0, streamed: 0, failed };
}

const UNHEARD = { met: undefined, tookMs: undefined };
const NO_HELPERS: readonly Helper[] = [];

const MET: Readonly<Record<Why, Met | undefined>> = {
  refused: 'refused',
  gone: 'gone',
  lost: 'silence',
  local: undefined,
};
/** Until a refused member is asked once more: longer than it takes to open a listener again. */
const REFUSED_AGAIN_MS = 500;
/** A living member whose port is closed answers the helpers' pings within this. */
const REFUSED_GRACE_MS = 150;
