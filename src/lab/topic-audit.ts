/**
 * What events promise, held against a whole run: each node gets those of one origin in the order in
 * which they were published, each once, unchanged, and is told of every gap; an event is left out
 * without a word only if a newer one of its key exists. When all has been quiet for long enough,
 * all have got the same of each origin. A gap is told only where nobody has what is missing; or on
 * the word of liars, who claim events that are not there, as long as nobody can ask the origin.
 */
import type { NodeId } from '../core/index.ts';
import type { HearsayEvent } from '../designs/hearsay/index.ts';
import { membersFor, type Checker, type Observed, type ObservedNode } from '../sim/index.ts';
import type { Report } from '../sim/index.ts';
import type { HearsaySimulation } from './hearsay-simulation.ts';

/** Whose event it is: the node, and which life of it; that stays the same where a node moves. */
export interface Listener {
  readonly node: string;
  readonly life: NodeId;
}

type Published = Extract<HearsayEvent, { type: 'event-published' }>;
type Missed = Extract<HearsayEvent, { type: 'events-missed' }>;

/** One life that has published. */
interface Author {
  readonly by: Listener;
  /** All that it has published, by number less one. */
  readonly events: Published[];
  /** Of each key the latest number. */
  readonly latest: Map<string, number>;
  /** Up to here somebody was told of a gap; so who comes later may begin there. */
  gapTo: number;
}

export class TopicAudit implements Checker {
  readonly name = 'events';
  readonly #authors = new Map<NodeId, Author>();
  /** The last number of each origin that a life was told of. */
  readonly #told = new Map<NodeId, Map<NodeId, number>>();
  readonly #lifeOf: (node: string) => NodeId;
  #gaps: { readonly teller: Listener; readonly author: Author; readonly text: string }[] = [];
  #complaints: { readonly node: string; readonly text: string }[] = [];
  #publishedMs = 0;

  /** @param lifeOf the present life of a node */
  constructor(lifeOf: (node: string) => NodeId) {
    this.#lifeOf = lifeOf;
  }

  hear(teller: Listener, event: HearsayEvent, atMs: number): void {
    if (event.type === 'event-published') this.#published(teller, event, atMs);
    if (event.type === 'events-missed') this.#missed(teller, event);
  }

  observe(run: Observed, report: Report): void {
    for (const { node, text } of this.#complaints) report(node, text);
    this.#complaints = [];
    if (this.#authors.size === 0) return;
    const quietMs = run.elapsedMs - Math.max(run.quietSinceMs ?? Infinity, this.#publishedMs);
    const healthy = membersFor(run, BOUND_MS);
    const gaps = this.#gaps;
    this.#gaps = [];
    for (const { teller, author, text } of gaps) {
      const isHere = [teller, author.by].every(({ node, life }) =>
        healthy.some(({ name }) => name === node && this.#lifeOf(name) === life),
      );
      if (isHere && quietMs >= BOUND_MS) report(teller.node, `${text}, though it lives`);
    }
    if (quietMs >= BOUND_MS) this.#compare(healthy, quietMs, report);
  }

  #published(teller: Listener, event: Published, atMs: number): void {
    const { origin, seq } = event;
    if (origin.nodeId === teller.life) this.#note(teller, event, atMs);
    const author = this.#authors.get(origin.nodeId);
    const name = `event ${seq} of ${origin.name}`;
    const said = author?.events[seq - 1];
    if (author === undefined || said === undefined) {
      return this.#complain(teller, `${name} was never published`);
    }
    if (!isSame(said, event)) this.#complain(teller, `${name} is not what was published`);
    const told = this.#toldOf(teller);
    const last = told.get(origin.nodeId) ?? 0;
    if (seq <= last) return this.#complain(teller, `${name} came after event ${last}`);
    this.#checkLeftOut(teller, author, last, seq);
    told.set(origin.nodeId, seq);
  }

  #note(teller: Listener, event: Published, atMs: number): void {
    const { key, origin, seq, topic } = event;
    const known = this.#authors.get(origin.nodeId);
    const author = known ?? { by: teller, events: [], latest: new Map<string, number>(), gapTo: 0 };
    if (known === undefined) this.#authors.set(origin.nodeId, author);
    if (seq !== author.events.length + 1) {
      this.#complain(teller, `it published event ${seq} after event ${author.events.length}`);
    }
    author.events[seq - 1] = event;
    if (key !== '') author.latest.set(`${topic} ${key}`, seq);
    this.#publishedMs = atMs;
  }

  #missed(teller: Listener, { from, origin, replayed, to }: Missed): void {
    const name = `events ${from} to ${to} of ${origin.name}`;
    const author = this.#authors.get(origin.nodeId);
    if (author === undefined) return this.#complain(teller, `${name} were never published`);
    const told = this.#toldOf(teller);
    const last = told.get(origin.nodeId) ?? 0;
    const isLie = to > author.events.length; // It is to be undone.
    if (!isLie && from <= last) this.#complain(teller, `it misses ${name} after event ${last}`);
    if (!isLie) this.#checkLeftOut(teller, author, last, from);
    if (!replayed) this.#gaps.push({ teller, author, text: `it misses ${name}` });
    if (isLie) return;
    author.gapTo = Math.max(author.gapTo, to);
    told.set(origin.nodeId, Math.max(last, to));
  }

  /** What is between two numbers has to be replaced by something newer, or older than a gap. */
  #checkLeftOut(teller: Listener, author: Author, last: number, next: number): void {
    for (let seq = last + 1; seq < next; seq++) {
      if (last === 0 && seq <= author.gapTo) continue;
      const { key = '', topic = '' } = author.events[seq - 1] ?? {};
      if (key !== '' && (author.latest.get(`${topic} ${key}`) ?? 0) > seq) continue;
      this.#complain(teller, `event ${seq} of ${author.by.node} was left out without a word`);
      return;
    }
  }

  #compare(healthy: readonly ObservedNode[], quietMs: number, report: Report): void {
    const living = new Set(healthy.map(({ name }) => this.#lifeOf(name)));
    for (const [nodeId, { by }] of this.#authors) {
      if (quietMs < GONE_MS && !living.has(nodeId)) continue;
      const most = new Map<string, number>();
      for (const node of healthy) {
        const last = this.#lastOf(node, nodeId);
        if (last > (most.get(node.cluster) ?? 0)) most.set(node.cluster, last);
      }
      for (const node of healthy) {
        const last = this.#lastOf(node, nodeId);
        const wanted = most.get(node.cluster) ?? 0;
        if (last === wanted) continue;
        report(node.name, `it has events up to ${last} of ${by.node}, others up to ${wanted}`);
      }
    }
  }

  #lastOf({ name }: ObservedNode, origin: NodeId): number {
    return this.#told.get(this.#lifeOf(name))?.get(origin) ?? 0;
  }

  #toldOf({ life }: Listener): Map<NodeId, number> {
    const known = this.#told.get(life);
    if (known !== undefined) return known;
    const fresh = new Map<NodeId, number>();
    this.#told.set(life, fresh);
    return fresh;
  }

  #complain({ node }: Listener, text: string): void {
    this.#complaints.push({ node, text });
  }
}

/** Listens to a run. */
export function auditTopics(simulation: HearsaySimulation): TopicAudit {
  const audit = new TopicAudit((name) => simulation.host(name).nodeId);
  simulation.on((host, event) => {
    if (!event.type.startsWith('event')) return;
    const { name: node, nodeId: life } = host;
    audit.hear({ node, life }, event as HearsayEvent, simulation.elapsedMs);
  });
  return audit;
}

function isSame(one: Published, other: Published): boolean {
  return (
    one.topic === other.topic &&
    one.key === other.key &&
    one.format === other.format &&
    one.body.length === other.body.length &&
    one.body.every((byte, i) => byte === other.body[i])
  );
}

/** In calm nodes compare what they have each half minute. */
const BOUND_MS = 60_000;
/**
 * What a publisher took with it is told as a gap after two minutes; by who hears only then what
 * others have beyond it, after two more.
 */
const GONE_MS = BOUND_MS + 2 * 120_000;
