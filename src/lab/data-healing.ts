/**
 * Two halves of a cluster write their states and the shared map while a cut keeps them apart, or a
 * part of the cluster crashes at the end of it: how long until all agree again, and how many bytes
 * of data that takes.
 */
import { ENVELOPE_BYTES, Xoshiro128, type Design } from '../core/index.ts';
import { hearsay, type HearsayProtocol } from '../designs/hearsay/index.ts';
import type {
  HearsayConfig,
  HearsayEvent,
  HearsayMessage,
  HearsayShared,
} from '../designs/hearsay/index.ts';
import { addressOf, Simulation, type SimHost } from '../sim/index.ts';
import { hearsayAdapter } from './adapters/hearsay.ts';
import type { HearsaySimulation } from './hearsay-simulation.ts';
import { LATENCY } from './trial.ts';

export interface DataHealingOptions {
  readonly nodes: number;
  readonly seed: number;
  /**
   * `cut`: two halves for a minute; `crash`: a fifth ends at once; `calm`: writes, and no trouble.
   */
  readonly trouble: 'cut' | 'crash' | 'calm';
  /** Keys that are written meanwhile, half of them of the map; a tenth are deleted again. */
  readonly writes: number;
  readonly loss?: number;
  /** Whether what comparing costs in calm is measured in the end; default true. */
  readonly calm?: boolean;
  readonly hearsay?: Partial<HearsayConfig>;
}

export interface DataHealingResult {
  /** From the end of the trouble until all that live hold the same; null: not in ten minutes. */
  readonly agreedMs: number | null;
  /** Of data messages that arrived from the first write until then, envelopes included. */
  readonly bytes: number;
  /** The same from the end of the trouble on. */
  readonly bytesHealing: number;
  /** Of them in ten minutes when all agree: what comparing costs one node in a second. */
  readonly bytesCalmPerSecond: number | null;
  readonly traceHash: string;
}

type Host = SimHost<HearsayProtocol, HearsayMessage, HearsayEvent>;

export function dataHealing(options: DataHealingOptions): DataHealingResult {
  const { calm = true, nodes, seed, trouble, writes } = options;
  const tally = { bytes: 0 };
  const simulation = new Simulation({
    design: counting(tally),
    seed,
    network: { latency: LATENCY, loss: options.loss ?? 0 },
  });
  const seeds = [addressOf(0)];
  for (let i = 0; i < nodes; i++) {
    const tuning = { hearsay: options.hearsay ?? {} };
    simulation.add(nameOf(i), hearsayAdapter.config(nameOf(i), i === 0 ? [] : seeds, tuning));
  }
  const { hosts } = simulation;
  simulation.runUntil(() => hosts.every(({ protocol }) => protocol.live === nodes), WAIT_MS_MAX);
  for (const host of hosts) write(host, 0, 'first'); // All hold data, and compare in calm.
  simulation.runUntil(() => agree(hosts), WAIT_MS_MAX);
  simulation.run(CALM_MS / 2);

  const random = new Xoshiro128(seed, 'writes');
  const half = hosts.slice(0, nodes / 2).map(({ name }) => name);
  tally.bytes = 0;
  if (trouble === 'cut') simulation.apply({ type: 'partition', groups: [half] });
  const stepMs = CUT_MS / writes;
  for (let i = 0; i < writes; i++) {
    const host = hosts[random.below(nodes)]!;
    if (host.isUp) write(host, i, `value ${i}`);
    simulation.run(stepMs);
  }
  if (trouble === 'cut') simulation.apply({ type: 'heal' });
  if (trouble === 'crash') crash(simulation);
  const healedMs = simulation.elapsedMs;
  const before = tally.bytes;
  const agreed = simulation.runUntil(() => agree(hosts), WAIT_MS_MAX);
  const agreedMs = agreed ? Math.round(simulation.elapsedMs - healedMs) : null;
  const { bytes } = tally;
  return {
    agreedMs,
    bytes,
    bytesHealing: bytes - before,
    bytesCalmPerSecond: calm ? calmBytes(simulation, tally) : null,
    traceHash: simulation.traceHash,
  };
}

/** The last fifth ends, just when every tenth node, of them too, has written once more. */
function crash(simulation: HearsaySimulation): void {
  const { hosts } = simulation;
  const writers = hosts.filter(({ index }) => index % 10 === 0);
  for (const [i, host] of writers.entries()) write(host, i, 'last words');
  for (const { name: node } of hosts.slice(-hosts.length / 5)) {
    simulation.apply({ type: 'crash', node });
  }
}

/** For each node and second. */
function calmBytes(simulation: HearsaySimulation, tally: { bytes: number }): number {
  simulation.run(CALM_MS); // Whatever is hot cools, and waits grow long again.
  tally.bytes = 0;
  simulation.run(CALM_MS);
  const up = simulation.hosts.filter(({ isUp }) => isUp).length;
  return tally.bytes / up / (CALM_MS / 1000);
}

/** Half of the writes are of the map; each tenth deletes what an earlier one may have written. */
function write(host: Host, i: number, text: string): void {
  const bytes = Uint8Array.from(text.padEnd(32), (letter) => letter.charCodeAt(0));
  const value = { kind: 'bytes', bytes } as const;
  const key = `key ${i % KEYS}`;
  host.call(({ data }, env) => {
    if (i % 2 === 0) data.set(env, key, value);
    else if (i % 10 === 9) data.mapDelete(env, `key ${(i - 8) % KEYS}`);
    else data.mapSet(env, key, value);
  });
}

function agree(hosts: readonly Host[]): boolean {
  const up = hosts.filter(({ isUp }) => isUp);
  const { high, low } = up[0]!.protocol.data.checksum;
  return up.every(({ protocol: { data } }) => {
    const { checksum } = data;
    return checksum.high === high && checksum.low === low;
  });
}

function nameOf(index: number): string {
  return `node-${index}`;
}

/** The flagship, of which every byte of data that arrives is counted. */
function counting(tally: {
  bytes: number;
}): Design<HearsayConfig, HearsayMessage, HearsayEvent, HearsayShared, HearsayProtocol> {
  return {
    ...hearsay,
    create(config, shared, saved) {
      const codec = hearsay.codec(shared);
      const protocol = hearsay.create(config, shared, saved);
      const receive = protocol.receive.bind(protocol);
      protocol.receive = (env, from, message) => {
        if (message.type.startsWith('data-')) tally.bytes += codec.sizeOf(message) + ENVELOPE_BYTES;
        receive(env, from, message);
      };
      return protocol;
    },
  };
}

const KEYS = 1000;
const CUT_MS = 60_000;
const CALM_MS = 600_000;
const WAIT_MS_MAX = 600_000;
