/**
 * A design without a will: it writes down what happens to it, and does what a test commands with
 * `host.call`. For tests of hosts.
 */
import type {
  Codec,
  Design,
  Env,
  Holding,
  LogRecord,
  Membership,
  MemberView,
  Peer,
  Protocol,
  Reader,
  Why,
  Writer,
} from '../../src/core/index.ts';
import type { SimHost } from '../../src/sim/index.ts';

export interface PuppetMessage {
  readonly text: string;
  /** What `sizeOf` claims beyond the text. */
  readonly padding?: number;
}

export interface PuppetConfig {
  /** Runs at each start. */
  readonly onStart?: (env: PuppetEnv, puppet: Puppet) => void;
  /** Runs at each message. */
  readonly onReceive?: (env: PuppetEnv, from: Peer, text: string) => void;
  readonly onWake?: (env: PuppetEnv, timer: number) => void;
}

export type PuppetEnv = Env<PuppetMessage, string>;
export type PuppetHost = SimHost<Puppet, PuppetMessage, string>;

export interface PuppetCall {
  readonly what: 'start' | 'receive' | 'wake' | 'unreachable';
  /** A message's text, a timer as text, or why. */
  readonly text: string;
  readonly peer: Peer;
  readonly token: number;
  readonly now: number;
}

export class Puppet implements Protocol<PuppetMessage, string>, Membership {
  readonly calls: PuppetCall[] = [];
  readonly config: PuppetConfig;
  readonly saved: readonly LogRecord[];
  /** What it claims, for tests of checkers. */
  view: readonly MemberView[] = [];
  sum = 0;
  held: readonly Holding[] = [];
  forgettings = 0;

  constructor(config: PuppetConfig, saved: Iterable<LogRecord> = []) {
    this.config = config;
    this.saved = [...saved];
  }

  start(env: PuppetEnv): void {
    this.#note(env, 'start', '');
    this.config.onStart?.(env, this);
  }

  receive(env: PuppetEnv, from: Peer, message: PuppetMessage): void {
    this.#note(env, 'receive', message.text, from);
    this.config.onReceive?.(env, from, message.text);
  }

  wake(env: PuppetEnv, timer: number, arg: number): void {
    this.#note(env, 'wake', `${timer}`, -1, arg);
    this.config.onWake?.(env, timer);
  }

  unreachable(env: PuppetEnv, peer: Peer, token: number, why: Why): void {
    this.#note(env, 'unreachable', why, peer, token);
  }

  members(): Iterable<MemberView> {
    return this.view;
  }

  checksum(): number {
    return this.sum;
  }

  holdings(): Iterable<Holding> {
    return this.held;
  }

  /** The texts of all calls of one kind. */
  texts(what: PuppetCall['what']): string[] {
    return this.calls.filter((call) => call.what === what).map((call) => call.text);
  }

  #note(env: PuppetEnv, what: PuppetCall['what'], text: string, peer = -1, token = 0): void {
    this.calls.push({ what, text, peer, token, now: env.now });
  }
}

const codec: Codec<PuppetMessage> = {
  sizeOf: (message) => 2 + message.text.length * 3 + (message.padding ?? 0),
  encode(message: PuppetMessage, to: Writer): void {
    to.text(message.text);
  },
  decode(from: Reader): PuppetMessage | undefined {
    const text = from.text(1000);
    return from.ok ? { text } : undefined;
  },
};

export const puppet: Design<PuppetConfig, PuppetMessage, string, null, Puppet> = {
  name: 'puppet',
  share: () => null,
  codec: () => codec,
  create: (config, _shared, saved) => new Puppet(config, saved),
};

/** Sends by packet. */
export function send(from: PuppetHost, to: Peer, text: string): void {
  from.call((_, env) => env.send(to, { text }));
}

/** Sends by stream. */
export function sendReliably(from: PuppetHost, to: Peer, text: string, token: number): void {
  from.call((_, env) => env.sendReliably(to, { text }, token));
}
