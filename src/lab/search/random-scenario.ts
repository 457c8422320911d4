/**
 * Random scenarios: what a run of a design must survive.
 *
 * A seed gives a cluster, a network, a tuning and some troubles that overlap. When the last trouble
 * is over there is time for every promise to hold, so whatever a checker complains of is a bug: in
 * the design, in the simulator, or in the promise.
 */
import { UsageError, Xoshiro128 } from '../../core/index.ts';
import { addressOf } from '../../sim/index.ts';
import type {
  LatencyModel,
  NetworkModel,
  Scenario,
  ScenarioCheck,
  ScenarioFault,
  ScenarioNode,
} from '../../sim/index.ts';
import { areClocksNear, clockErrorMs, dataWrites, isOfData } from './data-writes.ts';
import { largeWrites, type LargeWritesOptions } from './large-writes.ts';
import { queryAsks } from './query-asks.ts';
import { BOUND_MS, SUBJECTS, type Subject } from './subjects.ts';
import { founderFails } from './node-troubles.ts';
import { topicEvents } from './topic-events.ts';
import { Weather, type Trouble } from './weather.ts';

export interface RandomScenarioOptions {
  readonly seed: number;
  /** A design that can be searched. */
  readonly design: string;
  /** What runs it. */
  readonly build: string;
  /** Default: drawn, 2 … 40, mostly few. */
  readonly nodes?: number;
}

export function randomScenario(options: RandomScenarioOptions): Scenario {
  const { seed, design, build } = options;
  const subject = Object.hasOwn(SUBJECTS, design) ? SUBJECTS[design] : undefined;
  if (subject === undefined) {
    const known = Object.keys(SUBJECTS).join(', ');
    throw new UsageError('BAD_OPTION', `no design "${design}" to search; there are ${known}`);
  }
  const random = new Xoshiro128(seed, 'search');
  const nodes = options.nodes ?? size(random);
  const isFounded = random.float() < FOUNDER_OFF;
  const seeds = isFounded ? 1 : Math.min(nodes, 1 + random.below(3));
  const isSparse = nodes >= seeds + SPARSE_MIN && random.float() < SPARSE;
  const network = randomNetwork(random);
  const length = isSparse ? LENGTHS - random.below(2) : 1 + random.below(LENGTHS);
  const untilMs = FROM_MS + length * LENGTH_MS;
  // Of a stream of its own: with or without, the rest of a seed stays nearly the same.
  const security = new Xoshiro128(seed, 'security').below(2) === 0;
  const weather = new Weather(random, {
    nodes,
    seeds,
    network,
    fromMs: FROM_MS,
    untilMs: isFounded ? untilMs - FOUNDER_MS : untilMs,
    isSecured: security,
    isFounded,
    isSparse,
  });
  const kinds = kindsOf(subject.troubles);
  const count = isSparse ? random.below(FEW) : 1 + random.below(TROUBLES_MAX);
  const faults = Array.from({ length: count }, () => weather.one(kinds)(weather)).flat();
  for (const { share, trouble } of subject.rare) {
    if (weather.chance(share)) faults.push(...trouble(weather));
  }
  if (isFounded) faults.push(...founderFails(weather));
  const config = subject.config(weather);
  const names = Array.from({ length: nodes }, (_, i) => `n${i}`);
  const place = { names, fromMs: FROM_MS, untilMs, faults, isSecured: security };
  const { asks, bandwidth, bounds, events, writes } = programs(subject, seed, place);
  const isChecked = subject.data && areClocksNear(faults) && [...faults, ...writes].some(isOfData);
  const { certificateMs: rememberedMs = DAY_MS } = config;
  const errorMs = clockErrorMs([...faults, ...writes], Number(rememberedMs));
  const ghosts = faults.some((fault) => 'argument' in fault && fault.argument === 'name');
  const data = { type: 'data', boundMs: BOUND_MS, rememberedMs, errorMs, ghosts } as ScenarioCheck;
  const seedAddresses = Array.from({ length: seeds }, (_, i) => addressOf(i));
  return {
    version: 1,
    build,
    seed,
    design,
    config: { seeds: seedAddresses, ...config, ...bounds },
    nodes: [...founders(weather, nodes), ...weather.more],
    network: { ...network, ...bandwidth },
    faults: [...faults, ...writes, ...asks, ...events].sort((a, b) => a.atMs - b.atMs),
    untilMs: Math.max(LENGTH_MS_MIN, untilMs + BOUND_MS + AFTER_MS),
    checks: [...checksOf(faults), ...subject.checks, ...(isChecked ? [data] : [])],
    security,
  };
}

/** What programs do: each of a stream of its own, so with or without it the rest stays the same. */
function programs(subject: Subject, seed: number, place: LargeWritesOptions) {
  const { asks, data, topics } = subject;
  const large = data ? largeWrites(new Xoshiro128(seed, 'values'), place) : undefined;
  return {
    writes: data
      ? [...dataWrites(new Xoshiro128(seed, 'data'), place), ...(large?.faults ?? [])]
      : [],
    asks: asks ? queryAsks(new Xoshiro128(seed, 'queries'), place) : [],
    events: topics ? topicEvents(new Xoshiro128(seed, 'topics'), place) : [],
    bandwidth: large?.bandwidth,
    bounds: large?.config,
  };
}

/** All within a second, or one after the other. */
function founders(weather: Weather, nodes: number): ScenarioNode[] {
  const apartMs = weather.one([0, 1, 30, 200]);
  return Array.from({ length: nodes }, (_, i) => ({
    name: `n${i}`,
    address: weather.home(`n${i}`),
    atMs: i * apartMs,
    zone: i % 3 === 0 ? 'far' : 'near',
  }));
}

/** Each, some several times: what leads to rare branches comes more often. */
function kindsOf(troubles: Readonly<Record<string, Trouble>>): Trouble[] {
  return Object.entries(troubles).flatMap(([name, trouble]) =>
    Array.from({ length: OFTEN[name] ?? 1 }, () => trouble),
  );
}

/** Small clusters are quick to run, and have most of the bugs. */
function size(random: Xoshiro128): number {
  const most = [3, 5, 8, 12, 20, 40][random.below(6)]!;
  return 2 + random.below(most - 1);
}

function randomNetwork(random: Xoshiro128): NetworkModel {
  const loss = [0, 0, 0.01, 0.05][random.below(4)]!;
  const latencies: LatencyModel[] = [
    { type: 'constant', ms: 1 + random.below(20) },
    { type: 'uniform', minMs: 0, maxMs: 1 + random.below(100) },
    { type: 'lognormal', medianMs: 1 + random.below(30), sigma: 0.5 },
  ];
  return { latency: latencies[random.below(latencies.length)]!, loss };
}

/** Lies are believed for a while, where no key keeps them out. */
function checksOf(faults: readonly ScenarioFault[]): ScenarioCheck[] {
  const hasLies = faults.some((fault) => fault.type === 'command' && fault.command === 'forge');
  return [...CHECKS, { type: 'no-ghosts', ...(hasLies && { boundMs: BOUND_MS }) }];
}

/** Long enough to see that it stays so. */
const AFTER_MS = 60_000;
const CHECKS: readonly ScenarioCheck[] = [
  { type: 'completeness', boundMs: BOUND_MS },
  { type: 'accuracy', graceMs: BOUND_MS },
  { type: 'no-resurrection' },
  { type: 'invariants' },
];

/** How often the one seed comes up last, with nothing kept and in another year. */
const FOUNDER_OFF = 0.2;
/** Nobody else may come up until others have told it the time. */
const FOUNDER_MS = 30_000;
/** How long deletions are remembered, unless told. */
const DAY_MS = 86_400_000;
/** The first members know each other by then. */
const FROM_MS = 10_000;
/** Chosen so that a search of 2,000 seeds meets each fault and each mark in a hundred of them. */
const OFTEN: Readonly<Record<string, number>> = {
  book: 2,
  'crash-loop': 5,
  duplication: 3,
  firewall: 4,
  forge: 5,
  'mass-restart': 10,
  move: 2,
  namesake: 3,
  pause: 3,
  'power-off': 3,
  reordering: 4,
  'tcp-port': 2,
};
/** Troubles last one to four minutes. */
const LENGTH_MS = 60_000;
const LENGTHS = 4;
/** Five minutes: rare timers, like that of expired certificates, run some times. */
const LENGTH_MS_MIN = 300_000;
const TROUBLES_MAX = 16;
/** How often there are few: where much goes wrong all the time, nobody is known to be in touch. */
const SPARSE = 0.2;
/** Members besides the seeds, which trouble spares then: some may go for good. */
const SPARSE_MIN = 2;
const FEW = 3;
