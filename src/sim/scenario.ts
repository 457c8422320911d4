/** Scenarios: whole runs as plain JSON data. */
import type { Address } from '../core/index.ts';
import type { NetworkModel } from '../blocks/network/index.ts';
import { parseAddress } from '../wire/address.ts';
import type { DataAgreementOptions } from './checkers/index.ts';
import type { Fault } from './fault.ts';
import {
  fail,
  fields,
  flag,
  integer,
  list,
  number,
  oneOf,
  record,
  text,
  variant,
  type Shape,
} from './json-shape.ts';

export interface Scenario {
  readonly version: 1;
  /** What wrote it; any text. A replay by another build says so. */
  readonly build: string;
  readonly seed: number;
  /** The design's name. */
  readonly design: string;
  /** The design's options, those of single nodes apart. */
  readonly config: Readonly<Record<string, unknown>>;
  /** A number: n0, n1, … that start at once, with n0 as seed. */
  readonly nodes: number | readonly ScenarioNode[];
  readonly network: NetworkModel;
  readonly faults: readonly ScenarioFault[];
  readonly untilMs: number;
  readonly checks: readonly ScenarioCheck[];
  /** Send every message as bytes; the trace stays the same. */
  readonly wire?: boolean;
  /** The nodes act as under a key: packets that come again are refused. */
  readonly security?: boolean;
  /** About how often each node's log is replaced by its protocol's snapshot; default never. */
  readonly snapshotEveryMs?: number;
}

export interface ScenarioNode {
  readonly name: string;
  /** The member's name, where several nodes claim one; default: the node's own. */
  readonly member?: string;
  /** Milliseconds after the start; default 0. */
  readonly atMs?: number;
  readonly address?: Address;
  readonly cluster?: string;
  /** For latencies by zone; default: that of nodes without one. */
  readonly zone?: string;
  /** On top of the scenario's. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A fault, or a command that the design offers, at a time after the start. */
export type ScenarioFault = { readonly atMs: number } & (
  | Fault
  | {
      readonly type: 'command';
      readonly node: string;
      readonly command: string;
      /** Whom or what it is about; the command knows which. */
      readonly argument?: string;
    }
);

export type ScenarioCheck =
  | { readonly type: 'completeness'; readonly boundMs: number }
  | { readonly type: 'accuracy'; readonly graceMs: number }
  | { readonly type: 'no-resurrection' }
  | { readonly type: 'convergence'; readonly boundMs: number; readonly counters?: boolean }
  | { readonly type: 'bounded'; readonly timersMax: number }
  | { readonly type: 'one-life'; readonly boundMs: number }
  | { readonly type: 'invariants' }
  | { readonly type: 'departure'; readonly boundMs: number }
  | { readonly type: 'no-ghosts'; readonly boundMs?: number }
  | { readonly type: 'no-stuck-suspicion'; readonly boundMs: number }
  | ({ readonly type: 'data' } & DataAgreementOptions);

/** Checks data that claims to be a scenario; throws a UsageError that names what is wrong. */
export function parseScenario(value: unknown): Scenario {
  scenario(value, 'scenario');
  return value as Scenario;
}

const time = number(0);

const distributions = {
  constant: { ms: time },
  uniform: { minMs: time, maxMs: time },
  lognormal: { medianMs: time, sigma: time },
};

const distribution = variant(distributions);

/** Two texts. */
const pair: Shape = (value, path) => {
  list(text)(value, path);
  if ((value as unknown[]).length !== 2) fail(path, 'two names', value);
};

const latency = variant({
  ...distributions,
  zones: {
    within: distribution,
    between: distribution,
    'pairs?': list(fields({ zones: pair, latency: distribution })),
  },
});

const fraction = number(0, 1);

const address: Shape = (value, path) => {
  const isRight = typeof value === 'string' && parseAddress(value) === value;
  if (!isRight) fail(path, 'an address such as 10.0.0.4:7946', value);
};

const fault = variant(
  timed({
    crash: { node: text },
    'power-off': { node: text },
    restart: { node: text, 'saved?': oneOf('kept', 'wiped'), 'address?': address },
    pause: { node: text },
    resume: { node: text },
    starve: { node: text },
    feed: { node: text },
    partition: {
      groups: list(list(text)),
      'mode?': oneOf('drop', 'reject'),
      'name?': text,
    },
    'one-way-cut': {
      from: list(text),
      to: list(text),
      'mode?': oneOf('drop', 'reject'),
      'name?': text,
    },
    'pair-cut': {
      pairs: list(pair),
      'mode?': oneOf('drop', 'reject'),
      'name?': text,
    },
    heal: { 'name?': text },
    'tcp-port': { node: text, is: oneOf('drops', 'rejects', 'accepts-and-closes', 'sound') },
    'listener-restart': { node: text, forMs: time },
    descriptors: { node: text, are: oneOf('short', 'enough') },
    book: { node: text, is: oneOf('full', 'roomy') },
    loss: { loss: fraction, 'node?': text },
    duplication: { fraction, 'node?': text },
    reordering: { fraction, byMs: time, 'node?': text },
    bandwidth: { bitsPerSecond: time, 'queueBytesMax?': time, 'node?': text },
    slow: { node: text, byMs: time },
    'wall-jump': { node: text, byMs: number(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) },
    drift: { node: text, rate: number(Number.MIN_VALUE) },
    move: { node: text, address },
    latency: { latency },
    command: { node: text, command: text, 'argument?': text },
  } satisfies Record<ScenarioFault['type'], Record<string, Shape>>),
);

const check = variant({
  completeness: { boundMs: time },
  accuracy: { graceMs: time },
  'no-resurrection': {},
  convergence: { boundMs: time, 'counters?': flag },
  bounded: { timersMax: integer(0) },
  'one-life': { boundMs: time },
  invariants: {},
  departure: { boundMs: time },
  'no-ghosts': { 'boundMs?': time },
  'no-stuck-suspicion': { boundMs: time },
  data: { boundMs: time, rememberedMs: time, 'errorMs?': time, 'ghosts?': flag },
} satisfies Record<ScenarioCheck['type'], Record<string, Shape>>);

const node = fields({
  name: text,
  'member?': text,
  'atMs?': time,
  'address?': address,
  'cluster?': text,
  'zone?': text,
  'config?': record,
});

const scenario = fields({
  version: oneOf(1),
  build: text,
  seed: integer(0),
  design: text,
  config: record,
  nodes: (value, path) => (typeof value === 'number' ? integer(1) : list(node))(value, path),
  network: fields({
    latency,
    'loss?': fraction,
    'duplication?': fraction,
    'reordering?': fields({ fraction, byMs: time }),
    'bandwidth?': fields({ bitsPerSecond: number(1), 'queueBytesMax?': time }),
  }),
  faults: list(fault),
  untilMs: time,
  checks: list(check),
  'wire?': flag,
  'security?': flag,
  'snapshotEveryMs?': number(1),
});

function timed(
  types: Readonly<Record<string, Record<string, Shape>>>,
): Record<string, Record<string, Shape>> {
  const entries = Object.entries(types);
  return Object.fromEntries(entries.map(([type, shapes]) => [type, { atMs: time, ...shapes }]));
}
