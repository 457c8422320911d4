/**
 * An origin's own word. What it has published it knows for certain, and others may err or lie: so
 * as long as it lives it is asked whether there is what others say. What it says holds at once:
 * claims above it are false, and what this node has let itself be told above it is undone.
 *
 * A question carries a number that nobody else can know, so neither a late answer nor one in the
 * origin's name is taken for its word.
 */
import { mark, type Peer } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { TopicDoubt, TopicWord } from '../topic-messages.ts';
import type { View } from '../view.ts';
import type { TopicCounts } from './counts.ts';
import type { Origins, OriginState } from './origins.ts';

export class Doubts {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #origins: Origins;
  readonly #counts: TopicCounts;

  constructor(view: View, contact: Contact, origins: Origins, counts: TopicCounts) {
    this.#view = view;
    this.#contact = contact;
    this.#origins = origins;
    this.#counts = counts;
  }

  /** Asks an origin what it has published, if not lately. False: it is not thought to live. */
  ask(env: HearsayEnv, state: OriginState): boolean {
    const peer = this.#origins.routeOf(state);
    if (peer === undefined) return false;
    const before = state.doubt?.peer === peer ? state.doubt : undefined;
    const asks = before === undefined || before.isAnswered ? 1 : before.asks + 1;
    const waitMs = Math.min(WAIT_MS_MAX, WAIT_MS * asks);
    if (before !== undefined && env.now - before.askedMs < waitMs) {
      before.again = true;
      return true;
    }
    const { next, highest } = state.log;
    const nonce = env.random.u32();
    const askedMs = env.now;
    state.doubt = { peer, nonce, askedMs, asks, next, highest, isAnswered: false, again: false };
    this.#counts.doubts++;
    mark('origin-asked');
    const message: TopicDoubt = { type: 'topic-doubt', nonce };
    // By stream, where packets did not help: the answer comes back on it.
    if (asks % 2 === 1) env.send(peer, message);
    else env.sendReliably(peer, message, this.#contact.nextSeq());
    return true;
  }

  /** Others ask what this node has published. */
  answer(env: HearsayEnv, from: Peer, { nonce }: TopicDoubt): void {
    const { first = 1, last = 0 } = this.#origins.get(this.#view.self.fact.nodeId)?.span ?? {};
    env.send(from, { type: 'topic-word', nonce, first, last });
  }

  /** An origin has given its word. Returns whose it is, if it is one that was asked for. */
  heard(env: HearsayEnv, from: Peer, { nonce, first, last }: TopicWord): OriginState | undefined {
    const { roster } = this.#view;
    const nodeId = roster.fact(roster.slotOfPeer(from))?.nodeId;
    const state = nodeId === undefined ? undefined : this.#origins.get(nodeId);
    const doubt = state?.doubt;
    if (state === undefined || doubt?.peer !== from || doubt.nonce !== nonce || doubt.isAnswered) {
      this.#counts.strayWords++;
      return undefined;
    }
    doubt.isAnswered = true;
    const claims = state.disclaim(last, doubt.askedMs);
    if (claims > 0) mark('claim-false');
    this.#counts.falseClaims += claims;
    this.#counts.rejected += this.#origins.believe(state, { first, last, atMs: env.now }, doubt);
    if (last >= first) state.claimed(from, first, last, env.now, true);
    if (doubt.again) this.ask(env, state);
    return state;
  }
}

/** A round trip around the world and a busy machine. */
const WAIT_MS = 500;
/** So often in the end where nothing comes back. */
const WAIT_MS_MAX = 4000;
