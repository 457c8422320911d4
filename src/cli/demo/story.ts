/**
 * What the demo plays: nodes start and find each other; one is killed, missed, declared dead; it
 * comes back; the network is cut in two, and heals; then the next one, until somebody ends it. All
 * times are of this process's clock.
 */
import type { Notice } from '../../agent/control.ts';
import type { NodeId } from '../../core/index.ts';
import { Cast, type Actor } from './cast.ts';
import type { Texts } from './texts.ts';

/** What one round has shown; times in ms. Null: it did not happen. */
export interface Measures {
  readonly nodes: number;
  /** Share of packets lost on purpose. */
  readonly loss: number;
  /** From the first process's start until everyone knew everyone. */
  convergedMs: number | null;
  /** From the kill to the first suspicion. */
  suspectedMs: number | null;
  /** From the kill until all others knew of the death. */
  detectedMs: number | null;
  /** From the restart until everyone, it included, knew everyone's present life. */
  rejoinedMs: number | null;
  /**
   * From a cut between two halves until each suspected all of the other; where somebody watches,
   * until each took all of the other for dead.
   */
  halvesMs: number | null;
  /** From the end of the cut until everyone knew everyone again. */
  healedMs: number | null;
  /** Suspicions of processes that ran and could be reached. */
  falseSuspicions: number;
}

export interface StoryOptions {
  readonly nodes: number;
  readonly loss: number;
  readonly folder: string;
  readonly texts: Texts;
  /** Short pauses: nobody watches. */
  readonly hurry: boolean;
  /** Called when something is told; `atMs` since the start. */
  readonly tell: (atMs: number, text: string) => void;
}

/** A step of the story took longer than it ever should. */
export class StepError extends Error {}

export class Story {
  readonly cast: Cast;
  readonly measures: Measures;
  /** What has been told, oldest first. */
  readonly history: { readonly atMs: number; readonly text: string }[] = [];
  /** What happens now, and what comes next; they change with time. */
  headline: () => string = () => '';
  next: () => string = () => '';
  victim: Actor | undefined;
  /** While the network is cut, and until that is healed. */
  halves: { readonly larger: readonly Actor[]; readonly smaller: readonly Actor[] } | undefined;
  cycle = 0;
  readonly #options: StoryOptions;
  readonly #startMs = performance.now();
  readonly #checks = new Set<() => void>();
  readonly #wrong = new Set<string>();
  /** The last life of each that is down or was, and when it ended. */
  readonly #fallen = new Map<Actor, { readonly nodeId: NodeId; readonly atMs: number }>();

  constructor(options: StoryOptions) {
    this.#options = options;
    this.measures = {
      nodes: options.nodes,
      loss: options.loss,
      convergedMs: null,
      suspectedMs: null,
      detectedMs: null,
      rejoinedMs: null,
      halvesMs: null,
      healedMs: null,
      falseSuspicions: 0,
    };
    this.cast = new Cast(options.nodes, options.folder, options.loss, {
      notice: (actor, notice) => this.#hear(actor, notice),
      ended: (actor) => this.#lose(actor),
    });
  }

  /** Milliseconds since the start. */
  get elapsedMs(): number {
    return performance.now() - this.#startMs;
  }

  /**
   * Plays rounds; for ever, unless told how many.
   *
   * @throws StepError, StartError
   */
  async play(rounds = Infinity): Promise<void> {
    await this.#converge();
    while (this.cycle < rounds) {
      const victim = this.#fall(await this.#calm());
      await this.#detect(victim);
      await this.#rejoin(victim);
      await this.#split();
    }
  }

  async #converge(): Promise<void> {
    const { texts, nodes } = this.#options;
    const { cast } = this;
    const [first, ...others] = cast.actors;
    if (first === undefined) return;
    this.headline = () => texts.headline.starting(nodes);
    this.next = () => texts.next.gathering;
    await this.#start(first, []);
    this.headline = () => texts.headline.gathering(cast.knowing, nodes);
    await Promise.all(others.map(async (actor) => this.#start(actor, [first.address])));
    if (nodes > LISTED_MAX) this.#tell(texts.event.allUp(nodes, texts.seconds(this.elapsedMs)));
    await this.#until(texts.next.gathering, () => cast.knowing === nodes);
    this.measures.convergedMs = Math.round(this.elapsedMs);
    const after = texts.seconds(this.elapsedMs);
    this.#tell(texts.event.converged(after));
    this.headline = () => texts.headline.converged(after);
  }

  /** Nothing happens, unless somebody else kills a process. Returns who is to be killed. */
  async #calm(): Promise<Actor> {
    const { texts, hurry } = this.#options;
    const { actors } = this.cast;
    const endMs = this.elapsedMs + (hurry ? HURRY_MS : CALM_MS);
    this.victim = undefined;
    const victim = actors[(FIRST_VICTIM + this.cycle) % actors.length] as Actor;
    this.next = () => texts.next.kill(victim.name, Math.ceil((endMs - this.elapsedMs) / 1000));
    if (this.cycle > 0) {
      const { headline } = this;
      const fresh = this.elapsedMs + FRESH_MS;
      this.headline = () => (this.elapsedMs < fresh ? headline() : texts.headline.calm);
    }
    const isOver = (): boolean => this.elapsedMs >= endMs || actors.some(isDown);
    await this.#until(texts.headline.calm, isOver);
    this.cycle++;
    return victim;
  }

  /** The victim: whom somebody else has killed already, or the chosen one, now. */
  #fall(chosen: Actor): Actor {
    const { texts } = this.#options;
    const fallen = this.cast.actors.find(isDown);
    const victim = fallen ?? chosen;
    this.victim = victim;
    this.measures.suspectedMs = null;
    this.measures.detectedMs = null;
    this.measures.rejoinedMs = null;
    this.measures.halvesMs = null;
    this.measures.healedMs = null;
    if (fallen === undefined) {
      this.#fallen.set(victim, { nodeId: victim.nodeId, atMs: this.elapsedMs });
      this.cast.kill(victim);
      this.#tell(texts.event.killed(victim.name));
    }
    return victim;
  }

  async #detect(victim: Actor): Promise<void> {
    const { texts, hurry } = this.#options;
    const { cast } = this;
    const { nodeId, atMs } = this.#fallen.get(victim) as { nodeId: NodeId; atMs: number };
    const count = (status: 'dead' | 'suspect'): number =>
      cast.beliefs.count(
        cast.up.map(({ name }) => name),
        victim.name,
        nodeId,
        status,
      );
    const others = (): number => cast.up.length;
    const { headline, next } = texts;
    this.headline = () => {
      const [dead, suspect] = [count('dead'), count('suspect')];
      if (dead > 0) return headline.spreading(victim.name, dead, others());
      if (suspect > 0) return headline.suspected(victim.name, suspect, others());
      return headline.killed(victim.name, texts.seconds(this.elapsedMs - atMs));
    };
    this.next = () => {
      if (count('dead') > 0) return next.spreading;
      return count('suspect') > 0 ? next.suspected(victim.name) : next.killed;
    };
    await this.#until(texts.legend.dead, () => count('dead') === others());
    this.measures.detectedMs = Math.round(this.elapsedMs - atMs);
    const after = texts.seconds(this.elapsedMs - atMs);
    this.#tell(texts.event.allKnow(victim.name, others(), after));
    this.headline = () => headline.dead(victim.name, after);
    await this.#pause(hurry ? HURRY_MS : MOURNING_MS, (left) => next.dead(victim.name, left));
  }

  async #rejoin(victim: Actor): Promise<void> {
    const { texts } = this.#options;
    const { cast } = this;
    const atMs = this.elapsedMs;
    this.#tell(texts.event.restarted(victim.name));
    this.headline = () => texts.headline.restarting(victim.name);
    this.next = () => texts.next.restarting;
    const seeds = cast.up.map(({ address }) => address).slice(0, SEEDS);
    await this.#start(victim, seeds);
    await this.#until(texts.next.restarting, () => cast.knowing === cast.up.length);
    this.measures.rejoinedMs = Math.round(this.elapsedMs - atMs);
    const after = texts.seconds(this.elapsedMs - atMs);
    this.#tell(texts.event.back(victim.name, after));
    this.headline = () => texts.headline.back(victim.name, after);
  }

  /** The network is cut in two, until each half has given up the other; then it heals. */
  async #split(): Promise<void> {
    const { texts, hurry } = this.#options;
    const { cast } = this;
    const { headline, next, event } = texts;
    await this.#pause(hurry ? HURRY_MS : CALM_MS, next.split);
    const { up } = cast;
    const larger = up.slice(0, Math.ceil(up.length / 2));
    const smaller = up.slice(larger.length);
    const names = [larger, smaller].map((half) => half.map(({ name }) => name));
    const [ours = [], theirs = []] = names;
    const cutMs = this.elapsedMs;
    this.victim = undefined;
    this.halves = { larger, smaller };
    this.#tell(event.cut(ours, theirs));
    await cast.cut(larger);
    const given = (by: readonly Actor[], of: readonly Actor[], how: 'dead' | 'lost'): number =>
      by.filter(({ name, state }) => state === 'up' && cast.gaveUp(name, of, how)).length;
    const gone = () => given(larger, smaller, 'dead') + given(smaller, larger, 'dead');
    this.headline = () => headline.split(gone(), cast.up.length);
    this.next = () => next.halves;
    await this.#until(next.halves, () => {
      if (!hurry) return gone() === cast.up.length;
      return given(larger, smaller, 'lost') + given(smaller, larger, 'lost') === cast.up.length;
    });
    this.measures.halvesMs = Math.round(this.elapsedMs - cutMs);
    const apart = texts.seconds(this.elapsedMs - cutMs);
    this.#tell(event.apart(apart));
    this.headline = () => headline.apart(ours, theirs);
    await this.#pause(hurry ? HURRY_MS : MOURNING_MS, next.heal);
    const healMs = this.elapsedMs;
    this.#tell(event.healed);
    await cast.heal();
    this.headline = () => headline.healing(cast.knowing, cast.up.length);
    this.next = () => next.healing;
    await this.#until(next.healing, () => cast.knowing === cast.up.length);
    this.halves = undefined;
    this.measures.healedMs = Math.round(this.elapsedMs - healMs);
    const after = texts.seconds(this.elapsedMs - healMs);
    this.#tell(event.whole(after));
    this.headline = () => headline.whole(after);
  }

  /** Lets time pass; `next` says what comes after so many seconds. */
  async #pause(ms: number, next: (seconds: number) => string): Promise<void> {
    const endMs = this.elapsedMs + ms;
    this.next = () => next(Math.ceil((endMs - this.elapsedMs) / 1000));
    await this.#until(this.#options.texts.headline.calm, () => this.elapsedMs >= endMs);
  }

  async #start(actor: Actor, seeds: readonly string[]): Promise<void> {
    await this.cast.start(actor, seeds);
    const { texts, nodes } = this.#options;
    if (nodes <= LISTED_MAX) this.#tell(texts.event.up(actor.name, actor.pid));
    this.#changed();
  }

  #hear(actor: Actor, notice: Notice): void {
    const { event } = this.#options.texts;
    if (notice.type === 'member-suspected') {
      const { member, accuser, path } = notice;
      const fallen = this.victim && this.#fallen.get(this.victim);
      if (member.nodeId === fallen?.nodeId) {
        this.measures.suspectedMs ??= Math.round(this.elapsedMs - fallen.atMs);
      } else if (this.halves === undefined && this.#lives(member.nodeId)) {
        this.#wrong.add(`${member.nodeId} ${member.counter}`);
        this.measures.falseSuspicions = this.#wrong.size;
      }
      if (path !== undefined) this.#tell(event.suspects(accuser, member.name, path));
    } else if (notice.type === 'member-failed' && notice.own) {
      this.#tell(event.declares(actor.name, notice.member.name, notice.accusers));
    } else if (notice.type === 'member-refuted') {
      const text = event.refuted(notice.member.name);
      // Everyone hears it at about the same time; once is enough.
      const recent = this.history.slice(-this.cast.actors.length);
      if (!recent.some((one) => one.text === text)) this.#tell(text);
    }
    this.#changed();
  }

  /** A process that somebody else has killed. */
  #lose(actor: Actor): void {
    this.#fallen.set(actor, { nodeId: actor.nodeId, atMs: this.elapsedMs });
    this.#tell(this.#options.texts.event.ended(actor.name));
    this.#changed();
  }

  #lives(nodeId: NodeId): boolean {
    return this.cast.up.some((actor) => actor.nodeId === nodeId);
  }

  #tell(text: string): void {
    const atMs = this.elapsedMs;
    this.history.push({ atMs, text });
    if (this.history.length > HISTORY_MAX) this.history.shift();
    this.#options.tell(atMs, text);
  }

  #changed(): void {
    for (const check of this.#checks) check();
  }

  /** Resolves when the condition holds; it is asked at each event and ten times a second. */
  async #until(step: string, condition: () => boolean): Promise<void> {
    const startMs = this.elapsedMs;
    let ticks: NodeJS.Timeout | undefined;
    let check = (): void => {};
    try {
      await new Promise<void>((resolve, reject) => {
        check = () => {
          if (condition()) resolve();
          else if (this.elapsedMs - startMs > STEP_MS_MAX) {
            const { failed } = this.#options.texts.summary;
            reject(new StepError(failed(step, STEP_MS_MAX / 1000)));
          }
        };
        this.#checks.add(check);
        ticks = setInterval(check, TICK_MS);
        check();
      });
    } finally {
      clearInterval(ticks);
      this.#checks.delete(check);
    }
  }
}

function isDown(actor: Actor): boolean {
  return actor.state === 'down';
}

/** Not the first node, which one might take for a special one. */
const FIRST_VICTIM = 2;
/** Any one would do. */
const SEEDS = 3;
/** Above that, one line for each start would fill the screen. */
const LISTED_MAX = 10;
const HISTORY_MAX = 200;
const TICK_MS = 100;
/** Time to read the screen. */
const CALM_MS = 8000;
const MOURNING_MS = 5000;
/** How long good news stays the headline. */
const FRESH_MS = 4000;
const HURRY_MS = 500;
/** Several times what any step takes on a busy machine. */
const STEP_MS_MAX = 60_000;
