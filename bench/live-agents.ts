import type { Address } from '../src/core/index.ts';
import {
  hearsay,
  hearsayConfig,
  type HearsayEvent,
  type HearsayMessage,
  type HearsayProtocol,
} from '../src/designs/hearsay/index.ts';
import { openHost, type NetHost } from '../src/net/index.ts';

type Host = NetHost<HearsayProtocol, HearsayMessage, HearsayEvent>;

/** How finely waiting looks: the error of every time measured. */
const LOOK_MS = 5;

/** Live nodes of the flagship with its defaults, in this process, on loopback. */
export class LiveAgents {
  readonly hosts: Host[] = [];
  readonly #secret: string | undefined;
  #opened = 0;

  /** With a secret they encrypt. */
  constructor(secret?: string) {
    this.#secret = secret;
  }

  /** Opens one more. */
  async open(seeds: readonly Address[]): Promise<Host> {
    const name = `agent-${this.#opened++}`;
    const host = await openHost({
      design: hearsay,
      config: () => hearsayConfig({ name, seeds }),
      cluster: 'bench',
      bind: { ip: '127.0.0.1', port: 0 },
      ...(this.#secret === undefined ? {} : { secret: this.#secret }),
    });
    this.hosts.push(host);
    return host;
  }

  /** Opens a seed, then all others at once through it; the time until all agree, in ms. */
  async joinAll(count: number, timeoutMs = 60_000): Promise<number> {
    const seed = await this.open([]);
    const begun = performance.now();
    await Promise.all(Array.from({ length: count - 1 }, async () => this.open([seed.address])));
    await until(() => this.agree(), timeoutMs);
    return performance.now() - begun;
  }

  /** Whether every node knows as many as there are, and all checksums are one. */
  agree(): boolean {
    const checksum = this.hosts[0]!.protocol.checksum();
    return this.hosts.every(
      ({ protocol }) => protocol.live === this.hosts.length && protocol.checksum() === checksum,
    );
  }

  /** Closes one without a word; the time until no other takes it for alive, in ms. */
  async closeOne(index: number, timeoutMs = 60_000): Promise<number> {
    const [host] = this.hosts.splice(index, 1);
    const { name } = host!.protocol.fact;
    const begun = performance.now();
    await host!.stop();
    const isGone = ({ protocol }: Host): boolean => {
      const status = protocol.member(name)?.status;
      return status !== 'alive' && status !== 'suspect';
    };
    await until(() => this.hosts.every((other) => isGone(other)), timeoutMs);
    return performance.now() - begun;
  }

  /** UDP payload that all have sent so far. */
  get packetBytes(): number {
    return this.hosts.reduce((sum, { counters }) => sum + counters.packetBytesOut, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.hosts.splice(0).map(async (host) => host.stop()));
  }
}

export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Looks every 5 ms; throws when it takes too long. */
async function until(predicate: () => boolean, timeoutMs: number): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!predicate()) {
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms`);
    await pause(LOOK_MS);
  }
}
