/**
 * A design for tests of the live host: it answers what it is asked, by the way it was asked, and
 * tells everything that happens to it.
 */
import type {
  Address,
  Book,
  Codec,
  Design,
  Env,
  Lane,
  Membership,
  MemberView,
  NodeId,
  Peer,
  Protocol,
  Why,
} from '../../src/core/index.ts';
import { textBytes, varintBytes } from '../../src/wire/index.ts';

export type EchoWay = 'packet' | Lane;

export interface EchoMessage {
  readonly type: 'ask' | 'answer' | 'push';
  readonly way: EchoWay;
  readonly text: string;
}

export type EchoEvent =
  | {
      readonly type: 'heard';
      readonly message: EchoMessage;
      readonly address: Address;
      readonly nodeId: NodeId;
    }
  | {
      readonly type: 'unreachable';
      readonly to: Address;
      readonly token: number;
      readonly why: Why;
    }
  | { readonly type: 'woken'; readonly timer: number; readonly arg: number; readonly now: number };

export type EchoEnv = Env<EchoMessage, EchoEvent>;

const TYPES = ['ask', 'answer', 'push'] as const;
const WAYS = ['packet', 'control', 'bulk'] as const;

export class EchoProtocol implements Protocol<EchoMessage, EchoEvent>, Membership {
  readonly #book: Book;
  /** Called in every handler, to misbehave. */
  onHandler: ((env: EchoEnv) => void) | undefined;

  constructor(book: Book) {
    this.#book = book;
  }

  start(_env: EchoEnv): void {}

  receive(env: EchoEnv, from: Peer, message: EchoMessage): void {
    this.onHandler?.(env);
    const [address, nodeId] = [this.#book.addressOf(from), this.#book.nodeIdOf(from)];
    env.emit({ type: 'heard', message, address, nodeId });
    if (message.type === 'ask') this.say(env, from, { ...message, type: 'answer' });
  }

  wake(env: EchoEnv, timer: number, arg: number): void {
    env.emit({ type: 'woken', timer, arg, now: env.now });
  }

  unreachable(env: EchoEnv, peer: Peer, token: number, why: Why): void {
    env.emit({ type: 'unreachable', to: this.#book.addressOf(peer), token, why });
  }

  say(env: EchoEnv, to: Peer, message: EchoMessage, token = 0): void {
    if (message.way === 'packet') env.send(to, message);
    else env.sendReliably(to, message, token, message.way);
  }

  members(): Iterable<MemberView> {
    return [];
  }

  checksum(): number {
    return 0;
  }
}

export const echoCodec: Codec<EchoMessage> = {
  sizeOf(message) {
    const bytes = textBytes(message.text);
    return 2 + varintBytes(bytes) + bytes;
  },
  encode(message, to) {
    to.u8(TYPES.indexOf(message.type));
    to.u8(WAYS.indexOf(message.way));
    to.text(message.text);
  },
  decode(from) {
    const type = TYPES[from.u8()];
    const way = WAYS[from.u8()];
    const text = from.text(70_000);
    return type === undefined || way === undefined || !from.ok ? undefined : { type, way, text };
  },
};

export const echo: Design<undefined, EchoMessage, EchoEvent, Book, EchoProtocol> = {
  name: 'echo',
  share: (book) => book,
  codec: () => echoCodec,
  create: (_config, book) => new EchoProtocol(book),
};
