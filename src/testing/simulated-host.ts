import type { HearsayEnv, HearsayHost } from '../api/index.ts';
import { HearsayError, type Book, type HostEvent } from '../core/index.ts';
import type { HearsayEvent, HearsayMessage, HearsayProtocol } from '../designs/hearsay/index.ts';
import type { SimHost } from '../sim/index.ts';
import type { ProgramRun } from './program-run.ts';

export type HearsaySimHost = SimHost<HearsayProtocol, HearsayMessage, HearsayEvent>;

/** One life of a simulated node, as the program that opened it sees it. */
export class SimulatedHost implements HearsayHost {
  readonly book: Book;
  readonly #host: HearsaySimHost;
  readonly #run: ProgramRun;
  /** Which life of that node. */
  readonly #nodeId: HearsaySimHost['nodeId'];
  readonly #offs: (() => void)[] = [];

  constructor(host: HearsaySimHost, run: ProgramRun) {
    this.book = host.book;
    this.#host = host;
    this.#run = run;
    this.#nodeId = host.nodeId;
  }

  call<R>(command: (protocol: HearsayProtocol, env: HearsayEnv) => R): R {
    if (!this.#run.isAlive || !this.#isPresent) {
      throw new HearsayError('NOT_RUNNING', `process "${this.#host.name}" has ended this life`);
    }
    return this.#host.call(command);
  }

  on(listener: (event: HearsayEvent | HostEvent) => void): () => void {
    const off = this.#host.on((event) => {
      if (this.#isPresent) this.#run.deliver(() => listener(event));
    });
    this.#offs.push(off);
    return off;
  }

  /** Nobody listens any more. */
  detach(): void {
    for (const off of this.#offs.splice(0)) off();
  }

  restart(): never {
    throw new HearsayError('NOT_RUNNING', 'a life is opened anew, not restarted');
  }

  /** Who has crashed closes nothing, and hears nothing of it. */
  async stop(): Promise<void> {
    if (!this.#run.isAlive) return new Promise(() => {});
    this.detach();
    if (this.#isPresent) this.#host.stop();
  }

  get #isPresent(): boolean {
    return this.#host.nodeId === this.#nodeId;
  }
}
