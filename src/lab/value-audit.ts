/**
 * What large values promise, held against a whole run. At every moment: what is shown is what its
 * hash says; who writes a value has it, or soon gives up what its log has lost; whoever has one
 * goes on to have it as long as an entry here names it, and until a newer one has come shows the
 * one before. When all has been quiet for long enough: everybody has what anybody has, and nobody
 * keeps what no entry names any more.
 *
 * A value that nobody has any more, as when its author is lost before it was told, stays missing.
 */
import {
  HASH_BYTES,
  hashOf,
  isInline,
  keyOf,
  type Content,
  type Entry,
  type HeldValue,
  type Value,
} from '../blocks/data/index.ts';
import type { NodeId } from '../core/index.ts';
import { membersFor, pureCrypto, type Checker, type Observed } from '../sim/index.ts';
import type { ObservedNode, Report } from '../sim/index.ts';
import type { HearsaySimulation } from './hearsay-simulation.ts';

/** A life's entries that name large values, and what it shows of their keys. */
type Shown = ReadonlyMap<Entry, HeldValue | undefined>;

/** What a life holds of large values. */
export interface LargeHolding {
  readonly life: NodeId;
  readonly large: Iterable<readonly [Entry, HeldValue | undefined]>;
}

interface Memory {
  readonly life: NodeId;
  /** When it was first looked at. */
  readonly sinceMs: number;
  readonly shown: Shown;
}

export class ValueAudit implements Checker {
  readonly name = 'values';
  readonly #holdingOf: (node: string) => LargeHolding;
  readonly #memories = new Map<string, Memory>();
  /** When any node last came to name another value, or no longer to name one. */
  #namedMs = 0;
  #nextMs = 0;
  readonly #true = new WeakSet<Content>();
  readonly #hashes = new WeakMap<Uint8Array, Uint8Array>();

  /** @param holdingOf what the present life of a node holds */
  constructor(holdingOf: (node: string) => LargeHolding) {
    this.#holdingOf = holdingOf;
  }

  observe(run: Observed, report: Report): void {
    if (run.elapsedMs < this.#nextMs) return;
    this.#nextMs = run.elapsedMs + EVERY_MS;
    for (const node of run.nodes) {
      if (node.isUp) this.#look(node, run.elapsedMs, report);
      else this.#memories.delete(node.name);
    }
    const quietMs = run.elapsedMs - Math.max(run.quietSinceMs ?? Infinity, this.#namedMs);
    if (quietMs < BOUND_MS) return;
    const healthy = membersFor(run, BOUND_MS).filter(({ name }) => this.#memories.has(name));
    this.#checkFetched(healthy, report);
    if (quietMs >= KEPT_MS) for (const node of healthy) this.#checkKept(node, report);
  }

  #look(node: ObservedNode, elapsedMs: number, report: Report): void {
    const { name } = node;
    const before = this.#memories.get(name);
    const { life, large } = this.#holdingOf(name);
    const shown: Shown = new Map(large);
    const sinceMs = before?.life === life ? before.sinceMs : elapsedMs;
    for (const [entry, value] of shown) {
      const had = before?.life === life ? before.shown.get(entry) : undefined;
      if (value !== undefined && !isInline(value) && !this.#isTrue(value.content)) {
        report(name, `${nameOf(entry)} is shown as other bytes than were written`);
      }
      if (isSame(entry.value, value)) continue;
      if (had !== undefined && !isSame(had, value)) {
        report(name, `${nameOf(entry)} has lost the value that it had`);
      }
      const isOwn = entry.type === 'state' && entry.owner === life;
      if (isOwn && elapsedMs - sinceMs >= LOST_MS) {
        report(name, `${nameOf(entry)} is its own, and it does not have its value`);
      }
    }
    if (before?.life !== life || namesOthers(before.shown, shown)) this.#namedMs = elapsedMs;
    this.#memories.set(name, { life, sinceMs, shown });
  }

  #checkFetched(healthy: readonly ObservedNode[], report: Report): void {
    const holders = new Map<string, string>();
    for (const { cluster, name } of healthy) {
      for (const [entry, value] of this.#memories.get(name)!.shown) {
        if (isSame(entry.value, value)) holders.set(`${cluster} ${valueOf(entry)}`, name);
      }
    }
    for (const node of healthy) {
      for (const [entry, value] of this.#memories.get(node.name)!.shown) {
        if (isSame(entry.value, value) || !hasRoom(node, entry)) continue;
        const holder = holders.get(`${node.cluster} ${valueOf(entry)}`);
        if (holder === undefined) continue;
        report(node.name, `${nameOf(entry)} has not come, though ${holder} has its value`);
      }
    }
  }

  #checkKept(node: ObservedNode, report: Report): void {
    const lengths = new Map<string, number>();
    for (const [{ value: newest }, value] of this.#memories.get(node.name)!.shown) {
      for (const named of [newest, value]) {
        if (named !== undefined && !isInline(named)) lengths.set(keyOf(named), named.length);
      }
    }
    let named = 0;
    for (const length of lengths.values()) named += length;
    const held = bytesOfValues(node).count;
    if (held > named) report(node.name, `it keeps ${held} bytes of values and names ${named}`);
  }

  /** Chunks travel as they are, so each is hashed once, whoever has it. */
  #isTrue(content: Content): boolean {
    if (this.#true.has(content)) return true;
    const { chunks, reference } = content;
    const list = new Uint8Array(chunks.length * HASH_BYTES);
    for (const [i, chunk] of chunks.entries()) list.set(this.#hashed(chunk), i * HASH_BYTES);
    let length = 0;
    for (const chunk of chunks) length += chunk.length;
    const isTrue =
      length === reference.length && hashOf(length, list, pureCrypto) === reference.hash;
    if (isTrue) this.#true.add(content);
    return isTrue;
  }

  #hashed(chunk: Uint8Array): Uint8Array {
    const known = this.#hashes.get(chunk);
    if (known !== undefined) return known;
    const hash = pureCrypto.sha256(chunk);
    this.#hashes.set(chunk, hash);
    return hash;
  }
}

/** Looks at a run. */
export function auditValues(simulation: HearsaySimulation): ValueAudit {
  return new ValueAudit((name) => {
    const { nodeId: life, protocol } = simulation.host(name);
    // It asks for no part that a node does not have.
    for (const _ of protocol.heldData()) return { life, large: protocol.data.large() };
    return { life, large: [] };
  });
}

function isSame(one: Value | undefined, other: Value | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (isInline(one) || isInline(other)) return one === other;
  return keyOf(one) === keyOf(other);
}

function valueOf({ value }: Entry): string {
  return value === undefined || isInline(value) ? '' : keyOf(value);
}

function nameOf(entry: Entry): string {
  return entry.type === 'map' ? `shared ${entry.key}` : `${entry.owner} ${entry.key}`;
}

function namesOthers(before: Shown, after: Shown): boolean {
  return before.size !== after.size || [...after.keys()].some((entry) => !before.has(entry));
}

function hasRoom(node: ObservedNode, { value }: Entry): boolean {
  const { count, countMax } = bytesOfValues(node);
  return value === undefined || isInline(value) || count + value.length <= countMax;
}

/** Those on their way included. */
function bytesOfValues(node: ObservedNode): { readonly count: number; readonly countMax: number } {
  for (const holding of node.holdings()) {
    if (holding.what === 'bytes of large values') return holding;
  }
  return { count: 0, countMax: 0 };
}

/** What goes wrong with a value stays so. */
const EVERY_MS = 5_000;
/** What a log has lost is asked of others for a minute, and given up at a sweep, once a minute. */
const LOST_MS = 2 * 60_000 + EVERY_MS;
/** As long as all data has until everybody has the same. */
const BOUND_MS = 60_000;
/** What nothing names is kept for a minute, and swept at the next comparison, or a minute later. */
const KEPT_MS = BOUND_MS + 2 * 60_000;
