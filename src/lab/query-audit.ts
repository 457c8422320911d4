/**
 * What queries promise, held against a whole run: a member gets each once, an answer comes from a
 * member that got it, each says something once, and nothing comes after the end, which is in time
 * and, where it says that all have spoken, not before.
 *
 * Members answer what they are asked: the audit sees to that.
 */
import type { HearsayEvent } from '../designs/hearsay/index.ts';
import type { Checker, Observed, Report } from '../sim/index.ts';
import type { HearsaySimulation } from './hearsay-simulation.ts';

/** Whose event it is: the node's name, the member's, and which life of it. */
export interface Teller {
  readonly node: string;
  readonly member: string;
  readonly life: number;
}

interface Asked {
  readonly asker: Teller;
  readonly endsMs: number;
  /** Members that got it, and those that have said something final. */
  readonly got: Set<string>;
  readonly said: Set<string>;
  /** Members that the asker has been told to live no more. */
  readonly gone: Set<string>;
  hasEnded: boolean;
  /** How many were asked, where the end says that nobody is left to wait for. */
  complete: number | undefined;
}

export class QueryAudit implements Checker {
  readonly name = 'queries';
  readonly #asked = new Map<string, Asked>();
  /** When a life is told of a query, until when it remembers that. */
  readonly #remembered = new Map<string, number>();
  #complaints: { readonly node: string; readonly text: string }[] = [];

  hear(teller: Teller, event: HearsayEvent, atMs: number): void {
    const { type } = event;
    if (type === 'query-received') this.#received(teller, event, atMs);
    if (type === 'query-answered' || type === 'query-refused') {
      this.#answered(teller, event.id, event.by);
    }
    if (type === 'query-ended') this.#ended(teller, event);
    if (type === 'member-failed' || type === 'member-left' || type === 'member-evicted') {
      const { name } = event.member;
      for (const { asker, gone } of this.#asked.values()) {
        if (asker.node === teller.node) gone.add(name);
      }
    }
  }

  observe(run: Observed, report: Report): void {
    for (const { node, text } of this.#complaints) report(node, text);
    this.#complaints = [];
    for (const [id, asked] of this.#asked) {
      const { asker, complete = 0, endsMs, gone, hasEnded, said } = asked;
      const settled = new Set([...said, ...gone]).size;
      if (settled < complete) {
        report(asker.node, `a query of ${complete} was complete with ${settled}`);
      }
      asked.complete = undefined;
      const node = run.nodes.find(({ name }) => name === asker.node);
      const isSame = node?.isUp === true && node.self === asker.life;
      const healthyMs = run.elapsedMs - (node?.healthySinceMs ?? Infinity);
      if (!hasEnded && isSame && run.elapsedMs > endsMs + LATE_MS && healthyMs > LATE_MS) {
        report(asker.node, 'a query has not ended at its deadline');
      }
      if (run.elapsedMs > endsMs + KEPT_MS) this.#asked.delete(id);
    }
    for (const [key, untilMs] of this.#remembered) {
      if (run.elapsedMs > untilMs) this.#remembered.delete(key);
    }
  }

  #received(
    teller: Teller,
    { id, from, leftMs }: Extract<HearsayEvent, { type: 'query-received' }>,
    atMs: number,
  ): void {
    const key = `${teller.node} ${teller.life} ${id}`;
    if (atMs <= (this.#remembered.get(key) ?? -Infinity)) {
      this.#complain(teller, 'it was told of a query twice');
    }
    this.#remembered.set(key, atMs + leftMs + MEMORY_MS);
    if (from === teller.member && !this.#asked.has(id)) {
      const endsMs = atMs + leftMs;
      const [got, said, gone] = [new Set<string>(), new Set<string>(), new Set<string>()];
      const fresh = { hasEnded: false, complete: undefined };
      this.#asked.set(id, { asker: teller, endsMs, got, said, gone, ...fresh });
    }
    this.#asked.get(id)?.got.add(teller.member);
  }

  #answered(teller: Teller, id: string, by: string): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    if (asked.hasEnded) this.#complain(teller, 'an answer was told after the end of its query');
    if (!asked.got.has(by)) this.#complain(teller, `${by} answered what it was never asked`);
    if (asked.said.has(by)) this.#complain(teller, `${by} answered twice`);
    asked.said.add(by);
  }

  #ended(
    teller: Teller,
    { counts, id, why }: Extract<HearsayEvent, { type: 'query-ended' }>,
  ): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    if (asked.hasEnded) this.#complain(teller, 'a query ended twice');
    asked.hasEnded = true;
    if (why === 'complete') asked.complete = counts.asked;
  }

  #complain({ node }: Teller, text: string): void {
    this.#complaints.push({ node, text });
  }
}

/** Listens to a run, and has its members answer. */
export function auditQueries(simulation: HearsaySimulation): QueryAudit {
  const audit = new QueryAudit();
  simulation.on((host, event) => {
    if (!/^(query|member)-/.test(event.type)) return;
    const { self: life, name: node } = host;
    const member = host.protocol.self.name;
    audit.hear({ node, member, life }, event as HearsayEvent, simulation.elapsedMs);
    if (event.type !== 'query-received') return;
    // Some programs take their time.
    const workMs = WORK_MS[parseInt(event.id[0]!, 16) % WORK_MS.length]!;
    simulation.at(simulation.elapsedMs + workMs, () => {
      if (!host.isRunning || host.self !== life) return;
      host.call(({ queries }, env) => queries.respond(env, event.id, event.payload));
    });
  });
  return audit;
}

/** How long a program may take to answer; all members take as long for one query. */
const WORK_MS = [0, 0, 50, 3000];
/** For timers of a node that was busy. */
const LATE_MS = 5000;
/** Longer than anything of a query is under way. */
const KEPT_MS = 120_000;
/** What nodes remember of a query beyond its time. */
const MEMORY_MS = 10_000;
