/**
 * Rumor mongering by events, as a design of its own would do it, over the same table and rules as
 * the synchronous kernel of the lab: to see that they say the same.
 *
 * A node that pushes sleeps while nothing is hot. All know each other from the start: a toy may,
 * and membership is not what is tested.
 */
import { RumorTable, type Rumor, type StopRule } from '../../src/blocks/rumors/index.ts';
import { PACKET_BYTES_MAX } from '../../src/core/index.ts';
import type {
  Codec,
  Design,
  Env,
  Membership,
  MemberView,
  Peer,
  Protocol,
  Reader,
  Writer,
} from '../../src/core/index.ts';
import type { RumorMode } from '../../src/lab/index.ts';

export interface MongerConfig {
  readonly mode: RumorMode;
  readonly fanout: number;
  readonly rule: StopRule;
  readonly roundMs: number;
  /** Rumors that this node begins with. */
  readonly rumors: readonly Rumor<string>[];
}

export type MongerMessage =
  | { readonly type: 'tell'; readonly rumors: readonly Rumor<string>[] }
  /** What of it was known before: the feedback. */
  | { readonly type: 'answer'; readonly answers: readonly Answer[] }
  | { readonly type: 'ask' };

interface Answer {
  readonly id: string;
  readonly version: number;
  readonly useful: boolean;
}

type MongerEnv = Env<MongerMessage, never>;

export class Monger implements Protocol<MongerMessage, never>, Membership {
  readonly table: RumorTable<string>;
  readonly #config: MongerConfig;
  readonly #roster: Peer[];
  #startMs = 0;
  #awake = false;
  /** Transmissions of rumors. */
  tellings = 0;
  /** Rounds that its timer began. */
  rounds = 0;

  constructor(config: MongerConfig, roster: Peer[]) {
    this.#config = config;
    this.#roster = roster;
    this.table = new RumorTable({ rule: config.rule, rumorsMax: 100, bytesMax: 100_000 });
  }

  start(env: MongerEnv): void {
    this.#roster.push(env.self);
    this.#startMs = env.now;
    for (const rumor of this.#config.rumors) this.table.learn(rumor);
    this.#wakeUp(env);
  }

  receive(env: MongerEnv, from: Peer, message: MongerMessage): void {
    switch (message.type) {
      case 'tell':
        this.#hear(env, from, message.rumors);
        return;
      case 'ask':
        this.#tell(env, [from]);
        return;
      case 'answer':
        for (const one of message.answers) this.table.answered(one.id, one.version, one.useful);
    }
  }

  /** A round. */
  wake(env: MongerEnv): void {
    const { fanout, mode } = this.#config;
    this.#awake = false;
    this.rounds++;
    this.table.beginRound(env.random);
    const contacts = Array.from(
      { length: fanout },
      () => this.#roster[env.random.below(this.#roster.length)]!,
    );
    if (mode === 'pull' || (mode === 'push-pull' && !this.table.isHot)) {
      for (const to of contacts) {
        if (to === env.self) this.#tell(env, [to]);
        else env.send(to, { type: 'ask' });
      }
    } else {
      this.#tell(env, contacts);
    }
    this.#wakeUp(env);
  }

  unreachable(): void {
    throw new Error('nobody is lost here');
  }

  members(): Iterable<MemberView> {
    return [];
  }

  checksum(): number {
    return 0;
  }

  #tell(env: MongerEnv, contacts: readonly Peer[]): void {
    const rumors = this.table.take(PACKET_BYTES_MAX, contacts.length, env.now);
    if (rumors.length === 0) return;
    this.tellings += contacts.length * rumors.length;
    for (const to of contacts) {
      if (to !== env.self) env.send(to, { type: 'tell', rumors });
      else for (const { id, version = 0 } of rumors) this.table.answered(id, version, false);
    }
  }

  #hear(env: MongerEnv, from: Peer, rumors: readonly Rumor<string>[]): void {
    const answers = rumors.map(({ id, version = 0 }) => ({
      id: String(id),
      version,
      useful: !this.table.knewBefore(id, version),
    }));
    for (const rumor of rumors) this.table.learn(rumor);
    if (this.#config.rule.needsFeedback) env.send(from, { type: 'answer', answers });
    this.#wakeUp(env);
  }

  /** Sets the timer for the next round, at a whole number of rounds from the start, if needed. */
  #wakeUp(env: MongerEnv): void {
    if (this.#awake || (this.#config.mode === 'push' && !this.table.isHot)) return;
    this.#awake = true;
    const { roundMs } = this.#config;
    const rounds = Math.floor((env.now - this.#startMs) / roundMs + 1e-6) + 1;
    env.after(this.#startMs + rounds * roundMs - env.now, 1);
  }
}

/** Never sent as bytes; only sizes count. */
const codec: Codec<MongerMessage> = {
  sizeOf: (message) =>
    message.type === 'tell' ? message.rumors.reduce((sum, { bytes }) => sum + bytes, 1) : 10,
  encode: (_message: MongerMessage, to: Writer) => to.u8(0),
  decode: (_from: Reader) => undefined,
};

export const monger: Design<MongerConfig, MongerMessage, never, Peer[], Monger> = {
  name: 'monger',
  share: () => [],
  codec: () => codec,
  create: (config, roster) => new Monger(config, roster),
};
