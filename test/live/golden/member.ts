/**
 * A member of the first release, as small as can be: it joins or is joined, answers whatever it is
 * asked, believes what is newer and tells it on, and accuses nobody.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import {
  clusterHash,
  decode,
  encode,
  factHash,
  frame,
  KIND,
  NOBODY,
  openBody,
  openFrame,
  openPacket,
  packet,
  readOpenBody,
  type Fact,
  type Message,
  type News,
} from './wire-1.ts';

/** Frames have other numbers than packets but for these. */
const FRAME = { message: 0, open: 1 };
const RANKS = ['alive', 'suspect', 'dead', 'left', 'evicted'];

export class GoldenMember {
  readonly fact: Fact;
  /** What it believes of others, by name. */
  readonly view = new Map<string, News>();
  /** What it was asked and did not understand; and every type of message that it got. */
  readonly misunderstood: string[] = [];
  readonly heard = new Set<string>();
  readonly #cluster: string;
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #sockets = new Set<Socket>();
  #seq = 0;

  static async open(name: string, cluster: string): Promise<GoldenMember> {
    const udp = createSocket('udp4');
    udp.bind(0, '127.0.0.1');
    await once(udp, 'listening');
    const tcp = createServer();
    tcp.listen(udp.address().port, '127.0.0.1');
    await once(tcp, 'listening');
    return new GoldenMember(name, cluster, udp, tcp);
  }

  private constructor(name: string, cluster: string, udp: UdpSocket, tcp: Server) {
    this.#cluster = cluster;
    this.#udp = udp;
    this.#tcp = tcp;
    const start = Date.now();
    const nodeId = `${start.toString(16).padStart(14, '0')}01`;
    const address = `127.0.0.1:${udp.address().port}`;
    const life = { start, born: start, counter: 0 };
    this.fact = { name, address, nodeId, ...life, streams: 'yes', tags: { release: '1' } };
    udp.on('message', (data, { port }) => {
      this.#understand(() => this.#packet(data, `127.0.0.1:${port}`));
    });
    tcp.on('connection', (socket) => this.#connection(socket, undefined));
  }

  /** Asks a seed for admission; resolves when that has told all it knows. */
  async join(seed: string): Promise<void> {
    const [host, port] = seed.split(':');
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    const told = new Promise<void>((resolve) => {
      this.#connection(socket, (message) => {
        if (message.type === 'page' && message.last) resolve();
      });
    });
    const open = openBody(1, this.fact.nodeId, NOBODY, this.#cluster, this.fact.address);
    socket.write(frame(FRAME.open, open));
    socket.write(frame(FRAME.message, encode({ type: 'join', fact: this.fact })));
    await told;
    for (const { fact } of this.view.values())
      this.#send(fact, { type: 'gossip', news: this.news });
  }

  /** Its own news, which rides on everything it says. */
  get news(): News[] {
    return [{ fact: this.fact, status: 'alive', accusers: [], ageMs: 0 }];
  }

  statusOf(name: string): string | undefined {
    return this.view.get(name)?.status;
  }

  /** Over (name, life, counter) of the living, itself included. */
  get checksum(): number {
    let sum = factHash(this.fact);
    for (const { fact, status } of this.view.values()) {
      if (RANKS.indexOf(status) < 2) sum += factHash(fact);
    }
    return sum % 2 ** 32;
  }

  ping(name: string): void {
    const { fact } = this.view.get(name)!;
    this.#send(fact, { type: 'ping', seq: ++this.#seq, news: this.news });
  }

  /** Asks whether views agree: whoever differs answers by pages. */
  sync(name: string): void {
    this.#send(this.view.get(name)!.fact, { type: 'sync', checksum: this.checksum });
  }

  /** Says good-bye to all. */
  leave(): void {
    this.#spread([{ fact: this.fact, status: 'left', accusers: [], ageMs: 1 }]);
  }

  close(): void {
    this.#udp.close();
    this.#tcp.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #packet(data: Buffer, from: string): void {
    const { kind, sender, receiver, body } = openPacket(data);
    const own = this.fact.nodeId;
    if (kind === KIND.hello) {
      const hash = Buffer.from(clusterHash(this.#cluster), 'hex');
      const welcome = Buffer.concat([hash, body.subarray(8)]);
      this.#packetTo(from, { kind: KIND.welcome, sender: own, receiver: sender, body: welcome });
      return;
    }
    if (kind !== KIND.message || receiver !== own) return;
    const message = decode(body);
    this.#hear(message);
    const reply = (answer: Message): void => this.#send({ address: from, nodeId: sender }, answer);
    const { news } = this;
    if (message.type === 'ping') reply({ type: 'ack', seq: message.seq, news });
    if (message.type === 'ping-request') {
      reply({ type: 'nack', seq: message.seq, met: 'silence', news });
    }
  }

  #connection(socket: Socket, onMessage: ((message: Message) => void) | undefined): void {
    this.#sockets.add(socket);
    let rest: Buffer = Buffer.alloc(0);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      this.#understand(() => {
        for (let next = openFrame(rest); next !== undefined; next = openFrame(rest)) {
          rest = rest.subarray(next.bytes);
          if (next.kind === FRAME.message) {
            const message = decode(next.body);
            this.#streamed(socket, message);
            onMessage?.(message);
          } else if (next.kind === FRAME.open && onMessage === undefined) {
            const { lane, sender } = readOpenBody(next.body);
            const { nodeId, address } = this.fact;
            const open = openBody(lane, nodeId, sender, this.#cluster, address);
            socket.write(frame(FRAME.open, open));
          }
        }
      });
    });
  }

  #streamed(socket: Socket, message: Message): void {
    this.#hear(message);
    const reply = (answer: Message): void => {
      socket.write(frame(FRAME.message, encode(answer)));
    };
    const all: Message = { type: 'page', news: this.#everything(), last: true, want: false };
    if (message.type === 'probe') reply({ type: 'ack', seq: message.seq, news: this.news });
    if (message.type === 'page' && message.want) reply(all);
    if (message.type === 'join') {
      reply({ type: 'admit', verdict: 'welcome', start: 0, streams: 'yes', wallMs: Date.now() });
      reply(all);
    }
  }

  #hear(message: Message): void {
    this.heard.add(message.type);
    if (message.type === 'admit') this.fact.streams = message.streams;
    if (!('news' in message)) return;
    for (const news of message.news) {
      if (news.fact.name === this.fact.name) {
        if (news.status === 'suspect' || news.status === 'dead') this.#refute(news.fact.counter);
      } else if (isNewer(news, this.view.get(news.fact.name))) {
        this.view.set(news.fact.name, news);
        this.#spread([news]);
      }
    }
  }

  #refute(counter: number): void {
    this.fact.counter = Math.max(this.fact.counter, counter + 1);
    for (const { fact } of this.view.values())
      this.#send(fact, { type: 'gossip', news: this.news });
  }

  #spread(news: News[]): void {
    for (const { fact } of this.view.values()) this.#send(fact, { type: 'gossip', news });
  }

  #everything(): News[] {
    return [...this.view.values(), ...this.news];
  }

  #send({ address, nodeId }: Pick<Fact, 'address' | 'nodeId'>, message: Message): void {
    const body = encode(message);
    const header = { kind: KIND.message, sender: this.fact.nodeId, receiver: nodeId };
    this.#packetTo(address, { ...header, body });
  }

  #packetTo(address: string, of: Parameters<typeof packet>[0]): void {
    const [host, port] = address.split(':');
    this.#udp.send(packet(of), Number(port), host);
  }

  #understand(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.misunderstood.push(String(error));
    }
  }
}

/** Version 1's order: life, then its end, then counter, then observation. */
function isNewer(heard: News, known: News | undefined): boolean {
  if (known === undefined) return true;
  const rank = ({ fact, status }: News): (number | string)[] => {
    const place = RANKS.indexOf(status);
    return [fact.start, fact.nodeId, Math.max(place, 2), fact.counter, place];
  };
  const [a, b] = [rank(heard), rank(known)];
  const differs = a.findIndex((value, i) => value !== b[i]);
  return differs >= 0 && a[differs]! > b[differs]!;
}
