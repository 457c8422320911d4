/**
 * A toy design: each node pings a random other one at an interval and counts the answers. It makes
 * traffic whose trace depends on everything: clocks, streams of random numbers, loss and routes.
 */
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

export interface PingerConfig {
  readonly name: string;
  readonly intervalMs: number;
  /** One ping in so many goes over a stream; 0: none. */
  readonly streamEvery?: number;
}

export interface PingerMessage {
  readonly type: 'ping' | 'pong';
  readonly sentAt: number;
}

export interface PingerEvent {
  readonly type: 'answered';
  readonly afterMs: number;
}

/** All nodes of the run: a toy may know what real designs must find out. */
type Roster = Peer[];
type PingerEnv = Env<PingerMessage, PingerEvent>;

export class Pinger implements Protocol<PingerMessage, PingerEvent>, Membership {
  readonly config: PingerConfig;
  readonly roster: Roster;
  pings = 0;
  pongs = 0;
  failures = 0;

  constructor(config: PingerConfig, roster: Roster) {
    this.config = config;
    this.roster = roster;
  }

  start(env: PingerEnv): void {
    this.roster.push(env.self);
    env.after(env.random.float() * this.config.intervalMs, 1);
  }

  receive(env: PingerEnv, from: Peer, message: PingerMessage): void {
    if (message.type === 'ping') {
      env.send(from, { type: 'pong', sentAt: message.sentAt });
      return;
    }
    this.pongs++;
    env.emit({ type: 'answered', afterMs: env.now - message.sentAt });
  }

  wake(env: PingerEnv): void {
    env.after(this.config.intervalMs, 1);
    const to = this.roster[env.random.below(this.roster.length)]!;
    this.pings++;
    const message = { type: 'ping', sentAt: env.now } as const;
    const { streamEvery = 0 } = this.config;
    if (streamEvery > 0 && this.pings % streamEvery === 0) {
      env.sendReliably(to, message, this.pings);
    } else {
      env.send(to, message);
    }
  }

  unreachable(): void {
    this.failures++;
  }

  members(): Iterable<MemberView> {
    return [];
  }

  checksum(): number {
    return 0;
  }
}

const codec: Codec<PingerMessage> = {
  sizeOf: () => 9,
  encode(message: PingerMessage, to: Writer): void {
    to.u8(message.type === 'ping' ? 1 : 2);
    to.f64(message.sentAt);
  },
  decode(from: Reader): PingerMessage | undefined {
    const type = from.u8() === 1 ? 'ping' : 'pong';
    const sentAt = from.f64();
    return from.ok ? { type, sentAt } : undefined;
  },
};

export const pinger: Design<PingerConfig, PingerMessage, PingerEvent, Roster, Pinger> = {
  name: 'pinger',
  share: () => [],
  codec: () => codec,
  create: (config, roster) => new Pinger(config, roster),
};
