/** A live echo node for tests, and a record of what it told. */
import type { Address, Book, HostEvent, NodeId, Peer } from '../../src/core/index.ts';
import { openHost, type NetHost, type OpenHostOptions } from '../../src/net/index.ts';
import { echo, type EchoEvent, type EchoMessage, type EchoProtocol, type EchoWay } from './echo.ts';

type Told = EchoEvent | HostEvent;
type Options = Partial<OpenHostOptions<undefined, EchoMessage, EchoEvent, Book, EchoProtocol>>;

export class EchoHost {
  readonly host: NetHost<EchoProtocol, EchoMessage, EchoEvent>;
  readonly told: Told[] = [];
  #waiting: (() => void)[] = [];

  private constructor(host: NetHost<EchoProtocol, EchoMessage, EchoEvent>) {
    this.host = host;
    host.on((event) => {
      this.told.push(event);
      for (const check of this.#waiting) check();
    });
  }

  static async open(options: Options = {}): Promise<EchoHost> {
    const host = await openHost({
      design: echo,
      config: () => undefined,
      cluster: 'test',
      bind: { ip: '127.0.0.1', port: 0 },
      ...options,
    });
    return new EchoHost(host);
  }

  get address(): Address {
    return this.host.address;
  }

  /** Says something to a route, held in the book for as long as this host lives. */
  say(address: Address, nodeId: NodeId, message: EchoMessage, token = 0): Peer {
    return this.host.call((protocol, env) => {
      const peer = this.host.book.peer(address, nodeId);
      env.keep(peer);
      protocol.say(env, peer, message, token);
      return peer;
    });
  }

  ask(to: EchoHost, text: string, way: EchoWay = 'packet', token = 0): void {
    this.say(to.address, to.host.nodeId, { type: 'ask', way, text }, token);
  }

  /** Resolves with the first event, past or future, that fits. */
  async until<T extends Told>(fits: (event: Told) => event is T): Promise<T> {
    return new Promise((resolve) => {
      const check = (): boolean => {
        const event = this.told.find(fits);
        if (event === undefined) return false;
        this.#waiting = this.#waiting.filter((other) => other !== check);
        resolve(event);
        return true;
      };
      if (!check()) this.#waiting.push(check);
    });
  }

  async heard(text: string, type: EchoMessage['type'] = 'answer'): Promise<Heard> {
    return this.until((event): event is Heard => {
      return event.type === 'heard' && event.message.type === type && event.message.text === text;
    });
  }

  async failed(token: number): Promise<Unreachable> {
    return this.until((event): event is Unreachable => {
      return event.type === 'unreachable' && event.token === token;
    });
  }

  async rejected(reason: string): Promise<Rejected> {
    return this.until((event): event is Rejected => {
      return event.type === 'rejected' && event.reason === reason;
    });
  }
}

export type Heard = Extract<EchoEvent, { type: 'heard' }>;
export type Unreachable = Extract<EchoEvent, { type: 'unreachable' }>;
export type Rejected = Extract<HostEvent, { type: 'rejected' }>;
