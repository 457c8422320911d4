/** Designs that can be searched: which troubles each knows, and how its tuning may vary. */
import type { ScenarioCheck } from '../../sim/index.ts';
import { COMMANDS } from './commands.ts';
import { NETWORK_TROUBLES } from './network-troubles.ts';
import { NODE_TROUBLES } from './node-troubles.ts';
import { RARE_TROUBLES, type RareTrouble } from './rare-troubles.ts';
import type { Trouble, Weather } from './weather.ts';

/** What a cluster gets to recover in, after the last of all trouble. */
export const BOUND_MS = 60_000;

/** Of a node among forty: five for each and as many again. */
const TIMERS_MAX = 400;

export interface Subject {
  readonly troubles: Readonly<Record<string, Trouble>>;
  readonly rare: readonly RareTrouble[];
  /** Options that a user might choose. */
  config(weather: Weather): Record<string, unknown>;
  /** Whether there is state and a map to write. */
  readonly data: boolean;
  /** Whether its members can ask each other. */
  readonly asks: boolean;
  /** Whether they publish events. */
  readonly topics: boolean;
  /** Besides what every design promises. */
  readonly checks: readonly ScenarioCheck[];
}

export const SUBJECTS: Readonly<Record<string, Subject>> = {
  hearsay: {
    troubles: { ...NODE_TROUBLES, ...NETWORK_TROUBLES, ...COMMANDS },
    rare: RARE_TROUBLES,
    asks: true,
    topics: true,
    config(weather) {
      const config: Record<string, unknown> = {};
      if (weather.chance(0.7)) config['certificateMs'] = weather.between(90_000, 120_000);
      if (weather.chance(0.5)) config['accusers'] = weather.between(2, 3);
      if (weather.chance(0.7)) config['massRefusal'] = true;
      if (weather.chance(0.2)) config['exchangeIntervalMs'] = weather.between(5_000, 20_000);
      if (weather.chance(0.1)) config[weather.one(SWITCHES)] = false;
      if (weather.chance(0.2)) config['tags'] = { text: 'x'.repeat(weather.between(1, 500)) };
      if (weather.chance(0.2)) config['streams'] = 'yes';
      return config;
    },
    data: true,
    checks: [
      { type: 'convergence', boundMs: BOUND_MS, counters: true },
      { type: 'one-life', boundMs: BOUND_MS },
      { type: 'departure', boundMs: BOUND_MS / 2 },
      { type: 'no-stuck-suspicion', boundMs: 2 * BOUND_MS },
      { type: 'bounded', timersMax: TIMERS_MAX },
    ],
  },
  heartbeat: {
    troubles: { ...NODE_TROUBLES, ...NETWORK_TROUBLES },
    rare: [],
    asks: false,
    topics: false,
    config: () => ({}),
    data: false,
    checks: [{ type: 'convergence', boundMs: BOUND_MS }],
  },
};

export const SUBJECT_NAMES: readonly string[] = Object.keys(SUBJECTS);

/** What can be switched off without any promise being given up. */
const SWITCHES = [
  'localHealth',
  'nacks',
  'dynamicSuspicion',
  'tellSuspect',
  'streamProbe',
  'refusal',
  'lastQuestion',
  'pauseGuard',
] as const;
