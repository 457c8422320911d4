/**
 * A helper's side of probing: questions that other nodes could not get answered, asked for them.
 *
 * A ping, then a stream where the ping has mostly had its time; the asker hears an `ack`, or what
 * was met instead (Lifeguard's NACK, which also says that the helper itself is there).
 */
import { isHard, type Met } from '../../blocks/membership/index.ts';
import type { Peer } from '../../core/index.ts';
import type { Contact } from './contact.ts';
import type { Asked } from './counts.ts';
import type { PingRequest } from './messages.ts';
import type { HearsayEnv } from './protocol-env.ts';
import { Timer } from './timers.ts';
import type { View } from './view.ts';

/** A question asked for another node. */
interface Relay {
  readonly asker: Peer;
  /** The asker's number for it. */
  readonly seq: number;
  readonly target: Peer;
}

export class Relays {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #open = new Map<number, Relay>();
  #turnedAway = 0;
  #sent = 0;
  #answered = 0;

  constructor(view: View, contact: Contact) {
    this.#view = view;
    this.#contact = contact;
  }

  /** Questions being asked for others. */
  get open(): number {
    return this.#open.size;
  }

  /** Questions not asked for others, since there were too many. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  get counts(): Asked {
    return { sent: this.#sent, answered: this.#answered };
  }

  /** Whether a question has this number. */
  has(seq: number): boolean {
    return this.#open.has(seq);
  }

  /** Another node asks this one to ping a member for it. */
  request(env: HearsayEnv, from: Peer, { seq: asked, target }: PingRequest): void {
    if (this.#open.size >= RELAYS_MAX || !env.keep(from)) {
      this.#turnedAway++;
      return;
    }
    if (!env.keep(target)) {
      this.#turnedAway++;
      env.forget(from);
      return;
    }
    const seq = this.#contact.nextSeq();
    this.#sent++;
    this.#open.set(seq, { asker: from, seq: asked, target });
    this.#contact.ping(env, target, seq);
    env.after(this.#view.config.probeTimeoutMs * STREAM_AFTER, Timer.Stream, seq);
  }

  /** The ping has mostly been answered by now, if it is answered at all; else a stream tries. */
  stream(env: HearsayEnv, seq: number): void {
    const relay = this.#open.get(seq);
    if (relay === undefined) return;
    const { config } = this.#view;
    if (config.streamProbe && config.refusal) this.#contact.probe(env, relay.target, seq);
    env.after(config.probeTimeoutMs * (NACK_AFTER - STREAM_AFTER), Timer.Nack, seq);
  }

  /** An answer. Returns whether it was to a question of this part. */
  answered(env: HearsayEnv, seq: number): boolean {
    const relay = this.#open.get(seq);
    if (relay === undefined) return false;
    this.#answered++;
    env.send(relay.asker, { type: 'ack', seq: relay.seq, news: [] });
    this.end(env, seq);
    return true;
  }

  /** The member asked about has not answered in time; it may still. */
  nack(env: HearsayEnv, seq: number): void {
    const relay = this.#open.get(seq);
    if (relay === undefined) return;
    const { config } = this.#view;
    if (config.nacks) tellAsker(env, relay, 'silence');
    env.after(config.probeIntervalMs - config.probeTimeoutMs * NACK_AFTER, Timer.RelayEnd, seq);
  }

  /** A packet to a member has met this. */
  packetMet(env: HearsayEnv, peer: Peer, met: Met): void {
    for (const relay of this.#open.values()) if (relay.target === peer) tellAsker(env, relay, met);
  }

  /** A stream has met this. Returns whether it was one of this part. */
  streamMet(env: HearsayEnv, seq: number, met: Met): boolean {
    const relay = this.#open.get(seq);
    if (relay === undefined) return false;
    if (isHard(met)) tellAsker(env, relay, met);
    return true;
  }

  /** Forgets what was asked. */
  end(env: HearsayEnv, seq: number): void {
    const relay = this.#open.get(seq);
    if (relay === undefined) return;
    this.#open.delete(seq);
    env.forget(relay.asker);
    env.forget(relay.target);
  }
}

function tellAsker(env: HearsayEnv, { asker, seq }: Relay, met: Met): void {
  env.send(asker, { type: 'nack', seq, met, news: [] });
}

/** Of the probe timeout: at 5 % loss one failed ping in 150 needs a stream, instead of all. */
export const STREAM_AFTER = 0.2;
/** memberlist: a NACK leaves at 80 % of the probe timeout, to be there before the period ends. */
const NACK_AFTER = 0.8;
/** Questions carried for others at once; far above helpers · N / N a period. */
export const RELAYS_MAX = 1024;
