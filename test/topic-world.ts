/** A cluster whose nodes publish, and what each is told. */
import { Simulation, type SimHost } from '../src/sim/index.ts';
import {
  hearsay,
  hearsayConfig,
  type HearsayEvent,
  type HearsayMessage,
  type HearsayProtocol,
} from '../src/designs/hearsay/index.ts';

export type Node = SimHost<HearsayProtocol, HearsayMessage, HearsayEvent>;

/** A cluster and what its nodes are told, as 'origin text' or 'origin gap from-to'. */
export class TopicWorld {
  readonly simulation;
  readonly told = new Map<string, string[]>();

  constructor(seed: number, loss = 0) {
    this.simulation = new Simulation({
      design: hearsay,
      seed,
      network: { latency: { type: 'uniform', minMs: 5, maxMs: 20 }, loss },
      wire: true,
      freeze: true,
    });
    this.simulation.on((host, event) => this.#hear(host.name, event as HearsayEvent));
  }

  add(count: number): Node[] {
    const before = this.simulation.hosts.length;
    return Array.from({ length: count }, (_, i) => {
      const name = `n${before + i}`;
      const seeds = before + i === 0 ? [] : [this.simulation.hosts[0]!.address];
      this.told.set(name, []);
      return this.simulation.add(name, hearsayConfig({ name, seeds }));
    });
  }

  grow(count: number): Node[] {
    const nodes = this.add(count);
    const all = (): boolean => nodes.every(({ protocol }) => protocol.live === count);
    if (!this.simulation.runUntil(all, 30_000)) throw new Error('they never found each other');
    this.simulation.run(5000);
    return nodes;
  }

  of(node: Node): readonly string[] {
    return this.told.get(node.name) ?? [];
  }

  #hear(name: string, event: HearsayEvent): void {
    const told = this.told.get(name)!;
    if (event.type === 'event-published') {
      const { body, origin, replayed } = event;
      told.push(`${origin.name} ${textOf(body)}${replayed ? ' (replayed)' : ''}`);
    } else if (event.type === 'events-missed') {
      told.push(`${event.origin.name} gap ${event.from}-${event.to}`);
    }
  }
}

export function publish(
  node: Node,
  text: string,
  options: { key?: string; bytes?: number; trace?: boolean } = {},
): void {
  const { bytes = text.length, ...rest } = options;
  const body = new Uint8Array(Math.max(text.length + 1, bytes + 1));
  body[0] = text.length;
  for (let i = 0; i < text.length; i++) body[i + 1] = text.charCodeAt(i);
  node.call((protocol, env) =>
    protocol.topics.publish(env, { topic: 'news', body, format: 'bytes', ...rest }),
  );
}

export function textOf(body: Uint8Array): string {
  return String.fromCharCode(...body.subarray(1, 1 + (body[0] ?? 0)));
}

export function numbered(node: Node, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${node.name} ${from + i}`);
}
