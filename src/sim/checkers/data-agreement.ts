import type { HeldEntry, Peer } from '../../core/index.ts';
import { Absences, type AbsencesOptions } from './absences.ts';
import { membersFor, type Checker, type Observed, type ObservedNode } from './checker.ts';
import type { Report } from './checker.ts';

export interface DataAgreementOptions extends AbsencesOptions {
  /** How long everybody may take to agree when all is quiet. */
  readonly boundMs: number;
  /** A false name may claim a life; then its state may stay with that. Default false. */
  readonly ghosts?: boolean;
}

interface Deletion {
  readonly rank: string;
  readonly knownBy: Set<Peer>;
}

interface Memory {
  /** Whose memory: a new life of the node has none. */
  readonly self: Peer;
  /** What it held, and the same by name. */
  readonly entries: Iterable<HeldEntry>;
  readonly held: ReadonlyMap<string, HeldEntry>;
}

/**
 * Data that nodes hold: nobody loses what it holds or goes back to something older; and when all
 * has been quiet for long enough, everybody has the same of what all share, and of each other's
 * state what that one says itself, and nothing of its lives before. What was deleted does not come
 * back.
 *
 * Deletions are remembered for `rememberedMs`. Who was away for longer may bring back what others
 * have deleted, unless somebody was there all the time and for longer: see absences.ts.
 */
export class DataAgreement implements Checker {
  readonly name = 'data';
  readonly #boundMs: number;
  readonly #rememberedMs: number;
  readonly #hasGhosts: boolean;
  readonly #absences: Absences;
  readonly #mark: (name: string) => void;
  readonly #memories = new Map<string, Memory>();
  /** The latest deletion of each key, and the lives that know of it. */
  readonly #deleted = new Map<string, Deletion>();
  /** The latest rank of each key, whoever held it; and when one of them last rose. */
  readonly #latest = new Map<string, string>();
  #writtenMs = 0;
  /** Whose state was written in each life. */
  readonly #authors = new Map<string, string>();

  /** @param mark notes that a rare check was made */
  constructor(of: DataAgreementOptions, mark: (name: string) => void = () => {}) {
    this.#boundMs = of.boundMs;
    this.#rememberedMs = of.rememberedMs;
    this.#hasGhosts = of.ghosts ?? false;
    this.#absences = new Absences(of);
    this.#mark = mark;
  }

  observe(run: Observed, report: Report): void {
    this.#absences.observe(run);
    for (const node of run.nodes) {
      if (node.isUp) this.#look(node, run.elapsedMs, report);
      else this.#memories.delete(node.name);
    }
    const quietSinceMs = Math.max(run.quietSinceMs ?? Infinity, this.#writtenMs);
    if (run.elapsedMs - quietSinceMs < this.#boundMs) return;
    const healthy = membersFor(run, this.#boundMs);
    this.#compare(healthy, report);
    this.#checkDeleted(healthy, report);
    if (!this.#hasGhosts) this.#checkPast(healthy, report);
  }

  #look(node: ObservedNode, elapsedMs: number, report: Report): void {
    const areForgotten = elapsedMs >= this.#rememberedMs;
    const entries = node.heldData();
    const memory = this.#memories.get(node.name);
    if (memory?.self === node.self && memory.entries === entries) return; // As before.
    const held = new Map([...entries].map((entry) => [nameOf(entry), entry]));
    for (const [name, { content, isOwn, owner, rank }] of held) {
      if (isOwn && owner !== undefined) this.#authors.set(owner, node.name);
      if (rank > (this.#latest.get(name) ?? '')) {
        this.#latest.set(name, rank);
        this.#writtenMs = elapsedMs;
      }
      if (content !== undefined) continue;
      const deletion = this.#deleted.get(name);
      if (rank > (deletion?.rank ?? '')) {
        this.#deleted.set(name, { rank, knownBy: new Set([node.self]) });
      } else if (rank === deletion?.rank) {
        deletion.knownBy.add(node.self);
      }
    }
    this.#memories.set(node.name, { self: node.self, entries, held });
    if (memory?.self !== node.self) return;
    for (const [name, before] of memory.held) {
      const now = held.get(name);
      if (now !== undefined && now.rank >= before.rank) continue;
      // The state of a life that is over goes with it.
      if (now === undefined && before.owner !== undefined && !before.isOwn) continue;
      if (before.owner === undefined && this.#absences.mayDoubt) continue;
      if (before.content === undefined && areForgotten) continue;
      report(node.name, `${name} was ${textOf(before)}, and is ${textOf(now)}`);
    }
  }

  #compare(healthy: readonly ObservedNode[], report: Report): void {
    const first = new Map<string, { node: string; values: ReadonlyMap<string, string> }>();
    for (const node of healthy) {
      const values = valuesOf(node, ({ owner }) => owner === undefined);
      const model = first.get(node.cluster) ?? { node: node.name, values };
      first.set(node.cluster, model);
      tellDifference(node.name, values, model.values, `what ${model.node} holds`, report);
    }
    for (const author of healthy) {
      const own = valuesOf(author, ({ isOwn }) => isOwn);
      const owner = ownerOf(author);
      if (owner === undefined) continue;
      for (const node of healthy) {
        if (node.cluster !== author.cluster) continue;
        const known = valuesOf(node, (entry) => entry.owner === owner);
        tellDifference(node.name, known, own, `the state of ${author.name}`, report);
      }
    }
  }

  /** Who has state in a new life has none of an old one. */
  #checkPast(healthy: readonly ObservedNode[], report: Report): void {
    const present = new Map(healthy.map((node) => [node.name, ownerOf(node)]));
    for (const node of healthy) {
      for (const { key, owner } of node.heldData()) {
        const author = owner === undefined ? undefined : this.#authors.get(owner);
        const life = author === undefined ? undefined : present.get(author);
        if (life === undefined || life === owner) continue;
        report(node.name, `${owner} ${key} is of a life of ${author} that is over`);
      }
    }
  }

  /** Where somebody lives who knew of it: who loses a disk may lose what nobody else has. */
  #checkDeleted(healthy: readonly ObservedNode[], report: Report): void {
    const { chainMs, isShort, isWitnessed } = this.#absences;
    if (!isShort && !isWitnessed) return;
    const deleted = new Map<string, Deletion>();
    for (const [name, deletion] of this.#deleted) {
      if (healthy.some(({ self }) => deletion.knownBy.has(self))) deleted.set(name, deletion);
    }
    if (deleted.size === 0) return;
    if (!isShort) this.#mark('checked: deletions beyond the bound');
    else if (chainMs > this.#rememberedMs / 2) this.#mark('checked: deletions near the bound');
    else this.#mark('checked: deletions');
    for (const node of healthy) {
      for (const entry of node.heldData()) {
        if (!isShort && entry.owner !== undefined) continue; // Its owner sees to that, if it lives.
        const rank = deleted.get(nameOf(entry))?.rank;
        if (entry.content === undefined || rank === undefined || entry.rank > rank) continue;
        report(node.name, `${nameOf(entry)} is back: ${textOf(entry)}, after it was deleted`);
      }
    }
  }
}

/** The life that a node's own state is of, if it has any. */
function ownerOf(node: ObservedNode): string | undefined {
  return [...node.heldData()].find(({ isOwn }) => isOwn)?.owner;
}

function nameOf({ key, owner }: HeldEntry): string {
  return owner === undefined ? `shared ${key}` : `${owner} ${key}`;
}

function textOf(entry: HeldEntry | undefined): string {
  if (entry === undefined) return 'gone';
  return `${entry.content === undefined ? 'deleted' : `"${entry.content}"`} (${entry.rank})`;
}

function valuesOf(
  node: ObservedNode,
  isMeant: (entry: HeldEntry) => boolean,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const entry of node.heldData()) {
    if (entry.content !== undefined && isMeant(entry)) values.set(nameOf(entry), textOf(entry));
  }
  return values;
}

function tellDifference(
  node: string,
  held: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
  what: string,
  report: Report,
): void {
  for (const [name, text] of wanted) {
    if (held.get(name) === text) continue;
    report(node, `${name} is ${held.get(name) ?? 'not known'}, not ${text} as in ${what}`);
    return;
  }
  for (const [name, text] of held) {
    if (!wanted.has(name)) return report(node, `${name} is ${text}, which is not in ${what}`);
  }
}
