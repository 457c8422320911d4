/**
 * Datagrams on their way to the socket, paced.
 *
 * A Node.js receiver takes at most 32 datagrams a loop turn, so a burst of hundreds is lost where
 * a stream of the same rate is not (TOOLCHAIN: 256 a turn lost 87 %, 32 a turn none). At most 32
 * leave in one turn, the rest in the turns that follow.
 */
import type { Socket } from 'node:dgram';
import type { Counters } from './counters.ts';

const PER_TURN_MAX = 32;

/** Datagrams that may wait: 128 turns' worth, 6 MB at most. */
const WAITING_MAX = 4096;

interface Datagram {
  readonly data: Uint8Array;
  readonly ip: string;
  readonly port: number;
}

export class Outbox {
  /** What the socket speaks. */
  readonly family: 4 | 6;
  readonly #socket: Socket;
  readonly #counters: Counters;
  #waiting: Datagram[] = [];
  #first = 0;
  #sentThisTurn = 0;
  #turn: NodeJS.Immediate | undefined;

  constructor(socket: Socket, counters: Counters) {
    this.family = socket.address().family === 'IPv6' ? 6 : 4;
    this.#socket = socket;
    this.#counters = counters;
  }

  /** Sends soon; `data` must not change any more. */
  send(data: Uint8Array, ip: string, port: number): void {
    this.#turn ??= setImmediate(() => this.#nextTurn());
    if (this.#sentThisTurn < PER_TURN_MAX) {
      this.#sentThisTurn++;
      this.#send(data, ip, port);
    } else if (this.#waiting.length - this.#first < WAITING_MAX) {
      this.#waiting.push({ data, ip, port });
    } else {
      this.#counters.packetsDropped++;
    }
  }

  /** Sends all that waits at once: the socket is about to be closed. */
  flush(): void {
    clearImmediate(this.#turn);
    for (const { data, ip, port } of this.#waiting.slice(this.#first)) this.#send(data, ip, port);
    this.#waiting = [];
    this.#first = 0;
  }

  #nextTurn(): void {
    this.#turn = undefined;
    this.#sentThisTurn = 0;
    while (this.#first < this.#waiting.length && this.#sentThisTurn < PER_TURN_MAX) {
      const { data, ip, port } = this.#waiting[this.#first++]!;
      this.#sentThisTurn++;
      this.#send(data, ip, port);
    }
    if (this.#first === this.#waiting.length) {
      this.#waiting = [];
      this.#first = 0;
    }
    if (this.#sentThisTurn > 0) this.#turn = setImmediate(() => this.#nextTurn());
  }

  #send(data: Uint8Array, ip: string, port: number): void {
    this.#counters.packetBytesOut += data.length;
    // Without a callback an error of one datagram is dropped, which is all that UDP promises.
    this.#socket.send(data, port, ip);
  }
}
