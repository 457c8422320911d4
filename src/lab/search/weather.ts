/** Chance, time and places for the making of one random scenario. */
import type { Address, Random } from '../../core/index.ts';
import {
  addressOf,
  type NetworkModel,
  type ScenarioFault,
  type ScenarioNode,
} from '../../sim/index.ts';
import { streamed } from '../../wire/index.ts';

/** A time with its end. */
export type Span = readonly [fromMs: number, untilMs: number];

export interface WeatherOptions {
  /** Nodes that take part from the start. */
  readonly nodes: number;
  /** Of these the first so many are what others join by. */
  readonly seeds: number;
  readonly network: NetworkModel;
  /** Troubles begin after this … */
  readonly fromMs: number;
  /** … and all are over by this. */
  readonly untilMs: number;
  /** A key keeps out what strangers say. */
  readonly isSecured: boolean;
  /** Little goes wrong, so that all may be quiet in between: then others must find each other. */
  readonly isSparse: boolean;
  /** There is one seed, whose clock will be wrong in the end: all others are right. */
  readonly isFounded: boolean;
}

export class Weather {
  /** Whom trouble may meet; each comes out of it. */
  readonly names: readonly string[];
  /** Whose clock may be wrong by a year; then, too, no trouble meets the seeds. */
  readonly yearsOff: string | undefined;
  /** What lies are about besides members: both in one scenario would be told of ghosts. */
  readonly liesOf: 'name' | 'state';
  /** Clocks are never more than seconds off. */
  readonly areClocksNear: boolean;
  /** Those that may go for good, once each: nobody needs them to find the cluster. */
  readonly doomed: string[];
  /** Latecomers and namesakes. */
  readonly more: ScenarioNode[] = [];
  /** Without trouble. */
  readonly network: NetworkModel;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly isSecured: boolean;
  readonly #random: Random;
  readonly #seeds: number;
  /** Whom TCP alone reaches. */
  readonly #streamed: ReadonlySet<string>;
  #addresses: number;

  constructor(random: Random, options: WeatherOptions) {
    this.#random = random;
    const { nodes, seeds, network, fromMs, untilMs, isSecured, isFounded, isSparse } = options;
    this.#seeds = seeds;
    const all = Array.from({ length: nodes }, (_, i) => `n${i}`);
    const spare = Math.max(0, nodes - Math.max(seeds, NODES_MIN));
    const doomed = Math.min(DOOMED_MAX, this.below(spare + 1));
    const names = all.slice(0, nodes - doomed);
    // Whoever lets newcomers in tells them the time, and has to know it himself.
    const isYearsOff = !isFounded && this.chance(YEARS_OFF) && names.length >= seeds + NODES_MIN;
    const isSpared = isYearsOff || (isSparse && names.length >= seeds + NODES_MIN);
    this.names = isSpared ? names.slice(seeds) : names;
    this.yearsOff = isYearsOff ? this.node() : undefined;
    this.areClocksNear = !isYearsOff && this.chance(CLOCKS_NEAR);
    this.liesOf = this.chance(0.5) ? 'name' : 'state';
    this.doomed = all.slice(nodes - doomed);
    this.network = network;
    this.fromMs = fromMs;
    this.untilMs = untilMs;
    this.isSecured = isSecured;
    this.#addresses = nodes;
    const isBlocked = this.chance(STREAMED);
    const behind = isBlocked ? this.some(all.slice(seeds), this.between(1, nodes)) : [];
    this.#streamed = new Set(behind);
  }

  /** A whole number, 0 … limit − 1. */
  below(limit: number): number {
    return this.#random.below(limit);
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.#random.float() < probability;
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }

  /** Different ones, in any order. */
  some<T>(of: readonly T[], count: number): T[] {
    const left = [...of];
    return Array.from({ length: Math.min(count, left.length) }, () => {
      return left.splice(this.below(left.length), 1)[0]!;
    });
  }

  node(): string {
    return this.one(this.names);
  }

  time(): number {
    return this.between(this.fromMs, this.untilMs);
  }

  /** Mostly seconds, now and then minutes. */
  span(lengthMsMax = 150_000): Span {
    const most = this.chance(0.6) ? Math.min(lengthMsMax, 15_000) : lengthMsMax;
    const atMs = this.between(this.fromMs, this.untilMs - 1);
    return [atMs, Math.min(this.untilMs, atMs + this.between(1, most))];
  }

  /** By when it must be up again: who comes meanwhile looks for a seed, and all may be quiet. */
  backBy(node: string, downMs: number): number {
    return this.mayMove(node) ? this.untilMs : Math.min(this.untilMs, downMs + SEED_DOWN_MS_MAX);
  }

  /** Whether it may live elsewhere: others look for a seed where it has always been. */
  mayMove(node: string): boolean {
    return Number(node.slice(1)) >= this.#seeds;
  }

  /** Where nobody has lived yet; for a node with no UDP there is none there either. */
  address(node?: string): Address {
    return this.#at(this.#addresses++, node);
  }

  /** Where a founder lives at first. */
  home(node: string): Address {
    return this.#at(Number(node.slice(1)), node);
  }

  #at(index: number, node: string | undefined): Address {
    const address = addressOf(index);
    return node !== undefined && this.#streamed.has(node) ? streamed(address) : address;
  }
}

/** Something that goes wrong, with its end where it has one. */
export type Trouble = (weather: Weather) => readonly ScenarioFault[];

/** Less than checkers call quiet for long. */
const SEED_DOWN_MS_MAX = 45_000;
const YEARS_OFF = 0.35;
/** Else nothing would be promised about data in most scenarios. */
const CLOCKS_NEAR = 0.6;
/** How often UDP is blocked for some, whom nobody needs to find the cluster. */
const STREAMED = 0.2;
/** A pair is left, whatever happens. */
const NODES_MIN = 2;
const DOOMED_MAX = 3;
