import type { Membership } from '../core/index.ts';
import type { Checker, Observed, ObservedNode, Violation } from './checkers/index.ts';
import { RunError } from './run-error.ts';
import { State, type SimNode } from './sim-node.ts';
import { Kind, type World } from './world.ts';

/** Once a protocol period of the common designs. */
const EVERY_MS = 1_000;

/** More violations than this tell nothing new. */
const VIOLATIONS_MAX = 1_000;

export interface WatchOptions {
  /** How often it looks; default 1,000. */
  readonly everyMs?: number;
  /** Collect violations and go on; default: the first one stops the run. */
  readonly collect?: boolean;
}

/** Lets checkers look at a run. */
export class Watch<P extends Membership, E> {
  /** Collected, each once. */
  readonly violations: Violation[] = [];
  readonly #world: World<P, E>;
  readonly #seen = new Set<string>();

  constructor(world: World<P, E>) {
    this.#world = world;
  }

  add(checker: Checker, { everyMs = EVERY_MS, collect = false }: WatchOptions): void {
    const look = (): void => {
      checker.observe(observe(this.#world), (node, text) => {
        if (collect) this.#collect(checker.name, node, text);
        else throw this.#error(checker.name, node, text);
      });
      this.#world.task(everyMs, look);
    };
    this.#world.task(everyMs, look);
  }

  #collect(checker: string, node: string, text: string): void {
    const key = JSON.stringify([checker, node, text]);
    if (this.#seen.has(key) || this.violations.length >= VIOLATIONS_MAX) return;
    this.#seen.add(key);
    this.violations.push({ checker, atMs: this.#world.elapsedMs, node, text });
  }

  #error(checker: string, node: string, text: string): RunError {
    const { seed, elapsedMs } = this.#world;
    return new RunError(`${checker} is violated: ${text}`, seed, elapsedMs, node);
  }
}

function observe<P extends Membership, E>(world: World<P, E>): Observed {
  const lived = world.nodes.filter(({ life }) => life > 0);
  let quietSince = world.isStormy ? Infinity : world.weatherAt;
  for (const node of lived) {
    const isTroubled = node.isAlive && !isSound(node);
    quietSince = Math.max(quietSince, isTroubled ? Infinity : troubleOf(node));
  }
  const timers = new PendingTimers(world);
  const nodes = new Map(lived.map((node) => [node.index, observeNode(world, node, timers)]));
  return {
    elapsedMs: world.elapsedMs,
    quietSinceMs: sinceStart(world, quietSince),
    nodes: [...nodes.values()],
    ownerOf: (peer) => nodes.get(world.placeOf(peer)),
  };
}

/** Counted for all nodes at once, when somebody asks. */
class PendingTimers<P, E> {
  readonly #world: World<P, E>;
  #counts: Map<number, number> | undefined;

  constructor(world: World<P, E>) {
    this.#world = world;
  }

  of(node: SimNode<P, E>): number {
    this.#counts ??= this.#count();
    return this.#counts.get(node.index) ?? 0;
  }

  #count(): Map<number, number> {
    const { nodes, pool } = this.#world;
    const counts = new Map<number, number>();
    pool.count(Kind.Timer, (node, life) => {
      if (nodes[node]!.life === life) counts.set(node, (counts.get(node) ?? 0) + 1);
    });
    return counts;
  }
}

function observeNode<P extends Membership, E>(
  world: World<P, E>,
  node: SimNode<P, E>,
  timers: PendingTimers<P, E>,
): ObservedNode {
  const isHealthy = isSound(node) && !world.isStormy;
  const healthySince = isHealthy ? Math.max(troubleOf(node), world.weatherAt) : Infinity;
  const protocol = node.protocol!;
  return {
    name: node.name,
    member: node.member,
    cluster: node.cluster,
    self: node.self,
    isUp: node.isAlive,
    stopReason: node.isAlive ? undefined : node.stopReason,
    healthySinceMs: sinceStart(world, healthySince),
    downSinceMs: sinceStart(world, node.isAlive ? Infinity : node.changedAt),
    members: () => protocol.members(),
    holdings: () => protocol.holdings?.() ?? [],
    forgettings: protocol.forgettings ?? 0,
    heldData: () => protocol.heldData?.() ?? [],
    timers: () => timers.of(node),
    checksum: () => protocol.checksum(),
  };
}

/** Runs, and nothing is wrong with it now. */
function isSound<P, E>(node: SimNode<P, E>): boolean {
  const isImpaired = node.tcp !== undefined || (node.ails?.size ?? 0) > 0;
  return node.state === State.Up && node.outbox === undefined && !isImpaired;
}

/** When it last began, ended or was touched by a fault. */
function troubleOf<P, E>(node: SimNode<P, E>): number {
  return Math.max(node.changedAt, node.touchedAt);
}

function sinceStart<P, E>(world: World<P, E>, at: number): number | undefined {
  if (at === Infinity) return undefined;
  return Math.max(0, at - world.startMs);
}
