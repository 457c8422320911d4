/** A name server for tests: A, AAAA and SRV over UDP, from a table that may change at any time. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

const TYPES = { A: 1, AAAA: 28, SRV: 33 } as const;
const NO_SUCH_NAME = 3;

export class FakeDns {
  /** `NAME TYPE`: IP addresses, or `host:port` for SRV. */
  readonly records = new Map<string, readonly string[]>();
  /** While it is off, questions get no answer. */
  isOff = false;
  questions = 0;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (question, from) => this.#answer(question, from));
  }

  static async open(): Promise<FakeDns> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new FakeDns(socket);
  }

  /** As the option `dns` takes it. */
  get server(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  #answer(question: Buffer, { address, port }: RemoteInfo): void {
    this.questions++;
    if (this.isOff) return;
    const labels: string[] = [];
    let at = 12;
    while (question[at] !== 0) {
      const length = question[at] ?? 0;
      labels.push(question.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const end = at + 5; // The zero label, type and class.
    const type = question.readUInt16BE(at + 1);
    const name = Object.entries(TYPES).find(([, number]) => number === type)?.[0] ?? '';
    const found = this.records.get(`${labels.join('.')} ${name}`) ?? [];
    const isKnown = [...this.records.keys()].some((key) => key.startsWith(`${labels.join('.')} `));
    const head = Buffer.alloc(12);
    question.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 + (isKnown ? 0 : NO_SUCH_NAME), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(found.length, 6);
    const answers = found.map((text) => record(type, text));
    this.#socket.send(Buffer.concat([head, question.subarray(12, end), ...answers]), port, address);
  }
}

function record(type: number, text: string): Buffer {
  const data = type === TYPES.SRV ? service(text) : address(text);
  const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
  return Buffer.concat([head, data]);
}

function service(text: string): Buffer {
  const [host = '', port = ''] = text.split(':');
  const labels = host.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([0, 0, 0, 0, Number(port) >> 8, Number(port) & 0xff, ...labels, 0]);
}

/** IPv4, or IPv6 without `::` but for `::1`. */
function address(text: string): Buffer {
  if (!text.includes(':')) return Buffer.from(text.split('.').map(Number));
  const bytes = Buffer.alloc(16);
  if (text === '::1') bytes[15] = 1;
  else text.split(':').forEach((group, i) => bytes.writeUInt16BE(parseInt(group, 16), 2 * i));
  return bytes;
}
