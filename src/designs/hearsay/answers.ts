/**
 * What a node says back at once to whoever asks or tells: to the accused that they are accused, to
 * accusers that this node lives.
 */
import type { News } from '../../blocks/membership/index.ts';
import type { Peer } from '../../core/index.ts';
import type { Contact } from './contact.ts';
import type { Ping, Probe } from './messages.ts';
import type { HearsayEnv } from './protocol-env.ts';
import type { View } from './view.ts';

export class Answers {
  readonly #view: View;
  readonly #contact: Contact;

  constructor(view: View, contact: Contact) {
    this.#view = view;
    this.#contact = contact;
  }

  /** By packet or stream, as it was asked; `accused`: the asker accuses this node. */
  acknowledge(env: HearsayEnv, from: Peer, { type, seq }: Ping | Probe, accused: boolean): void {
    if (type === 'probe') {
      this.#contact.reachedByStream(env, from);
      const news = this.#urgent(env, from, accused);
      env.sendReliably(from, { type: 'ack', seq, news }, this.#contact.nextSeq());
    } else {
      env.send(from, { type: 'ack', seq, news: this.#packetNews(env, from, accused) });
    }
  }

  /** Whoever accuses this node hears at once that it lives. */
  defend(env: HearsayEnv, from: Peer, accused: boolean): void {
    if (accused) env.send(from, { type: 'gossip', news: [this.#view.self.news] });
  }

  /** What an asker must hear before anything else. */
  #urgent(env: HearsayEnv, from: Peer, accused: boolean): readonly News[] {
    if (!accused && !this.#view.mayAccuse(from)) return NO_NEWS;
    const grievances = this.#contact.urgentFor(env, from);
    return accused ? [this.#view.self.news, ...grievances] : grievances;
  }

  /** The news to go with an answer by packet. */
  #packetNews(env: HearsayEnv, from: Peer, accused: boolean): readonly News[] {
    const urgent = this.#urgent(env, from, accused);
    if (urgent.length < 2 || this.#view.fits('ack', urgent))
      return this.#view.tell('ack', 1, urgent);
    env.send(from, { type: 'gossip', news: urgent.slice(1) }); // Two large facts, two packets.
    return this.#view.tell('ack', 1, urgent.slice(0, 1));
  }
}

const NO_NEWS: readonly News[] = [];
