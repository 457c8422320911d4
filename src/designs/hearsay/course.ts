/**
 * The course of a node's membership: it asks to be let in, is a member, perhaps a newcomer again,
 * moves to other addresses, and leaves.
 */
import { mark, NOBODY, type Address, type Peer } from '../../core/index.ts';
import type { Absence } from './absence.ts';
import type { Exchange } from './exchange.ts';
import type { Joining } from './joining.ts';
import type { Prober } from './prober.ts';
import type { HearsayEnv } from './protocol-env.ts';
import type { Reconnect } from './reconnect.ts';
import type { Remembered } from './remembered.ts';
import { Timer } from './timers.ts';
import type { View } from './view.ts';

/** What of a node its course sets going. */
interface Crew {
  readonly view: View;
  readonly absence: Absence;
  readonly prober: Prober;
  readonly exchange: Exchange;
  readonly joining: Joining;
  readonly reconnect: Reconnect;
  readonly remembered: Remembered;
}

export class Course {
  readonly #view: View;
  readonly #absence: Absence;
  readonly #prober: Prober;
  readonly #exchange: Exchange;
  readonly #joining: Joining;
  readonly #reconnect: Reconnect;
  readonly #remembered: Remembered;
  #isLeaving = false;
  /** Whether the timers that run for a whole life have been set. */
  #isTicking = false;
  #renewals = 0;

  constructor({ view, absence, prober, exchange, joining, reconnect, remembered }: Crew) {
    this.#view = view;
    this.#absence = absence;
    this.#prober = prober;
    this.#exchange = exchange;
    this.#joining = joining;
    this.#reconnect = reconnect;
    this.#remembered = remembered;
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** How often it has forgotten all others and begun anew. */
  get renewals(): number {
    return this.#renewals;
  }

  /** Asks to be admitted; alone, it is the cluster. */
  tryJoin(env: HearsayEnv, triesBefore: number): void {
    if (this.#joining.done) return;
    this.readdress(env);
    if (this.#joining.hopeful(triesBefore)) this.#joining.ask(env, triesBefore);
    else this.join(env);
  }

  /** Adds seeds and asks them now. */
  addSeeds(env: HearsayEnv, seeds: readonly Address[]): void {
    this.#joining.addSeeds(env, seeds);
    if (this.#joining.done) this.#reconnect.tryNow(env, seeds);
    else this.#joining.ask(env, 0);
  }

  /** Seeds are elsewhere than they were: replaces them all, and tries the new ones at once. */
  reseed(env: HearsayEnv, seeds: readonly Address[]): void {
    const fresh = this.#joining.reseed(env, seeds);
    if (this.#joining.done) this.#reconnect.tryNow(env, fresh);
    else if (!this.#joining.hopeful(0)) this.join(env); // It was the only seed itself.
  }

  /** Announces this node: `server` has told it everything, or it is the first. */
  join(env: HearsayEnv, server?: Peer): void {
    const { roster, self, watcher } = this.#view;
    this.#joining.finish();
    self.save(env);
    this.#remembered.stamp(env);
    this.#view.announce(env);
    env.emit({ type: 'joined', members: roster.live });
    watcher?.joined(env);
    // It was not alone when it last ran: that nobody is there is worth knowing.
    if (this.#joining.neighbours.size > 0) env.emit({ type: 'isolated' });
    this.#tick(env);
    if (server === undefined) return;
    this.#exchange.tell(env, server, [self.news], false);
    env.after(SETTLE_MS, Timer.Settle, 0);
  }

  /**
   * A newcomer asks at random again after 1, 2 and 4 s. Also when views agree: in a storm of
   * newcomers two may agree, and lack the same.
   */
  settle(env: HearsayEnv, before: number): void {
    const peer = this.#exchange.beginWithAnyone(env);
    if (peer !== NOBODY) this.#view.watcher?.exchange(env, peer, false);
    if (before + 1 < SETTLE_TIMES) env.after(SETTLE_MS * (1 << before), Timer.Settle, before + 1);
  }

  /** Others have forgotten who is dead: what this node knew of them could bring the dead back. */
  joinAnew(env: HearsayEnv, forMs: number): void {
    mark('slept');
    this.#renewals++;
    this.#absence.end(env);
    const addresses = this.#view.forgetAll(env);
    this.#view.watcher?.forgetAll(env);
    this.#prober.forget();
    env.emit({ type: 'slept', forMs, forgotten: addresses.length });
    if (this.#isLeaving) return;
    this.#joining.again(env, addresses);
    this.tryJoin(env, 0);
  }

  /** What this node believes of others may be as false as the time. */
  leaveFalseTime(env: HearsayEnv): void {
    this.#view.horizon.distrust();
    this.#view.self.isBelieved = false;
    this.joinAnew(env, 0);
    this.#joining.beginAgain();
  }

  /** Others reach this node at another address now, which `env.self` names: tells them. */
  readdress(env: HearsayEnv): void {
    const { self, selfSlot } = this.#view;
    if (this.#isLeaving || !self.move(env)) return;
    mark('readdress');
    self.save(env);
    if (selfSlot >= 0) this.#view.announce(env);
  }

  /** Tells the others and stops, when that is spread or after 2 s. */
  leave(env: HearsayEnv): void {
    const { roster, self, selfSlot } = this.#view;
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    if (selfSlot < 0 || roster.live <= 1) {
      this.depart(env);
      return;
    }
    self.leave();
    self.save(env);
    this.#view.announce(env);
    env.after(DEPART_MS_MAX, Timer.Depart);
  }

  /** All know that it leaves; its parts may have something to tell still. */
  departWhenTold(env: HearsayEnv): void {
    const { config, watcher } = this.#view;
    if (watcher?.isBusy === true) env.after(config.gossipIntervalMs, Timer.Gossip);
    else this.depart(env);
  }

  depart(env: HearsayEnv): void {
    env.emit({ type: 'departed' });
    env.stop('left');
  }

  /** Sets the timers that run for a whole life; once. */
  #tick(env: HearsayEnv): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.#prober.start(env);
    this.#reconnect.schedule(env);
    env.after(this.#view.config.exchangeIntervalMs * env.random.float(), Timer.Exchange);
    env.after(SWEEP_MS, Timer.Sweep);
  }
}

export const SWEEP_MS = 60_000;
const SETTLE_MS = 1000;
const SETTLE_TIMES = 3;
/** How long a leaving node waits for its news to spread. */
const DEPART_MS_MAX = 2000;
