/** Designs that can be searched: which troubles each knows, and how its tuning may vary. */
import type { Trouble, Weather } from './weather.ts';
import { COMMANDS, TROUBLES } from './troubles.ts';

interface Subject {
  readonly troubles: Readonly<Record<string, Trouble>>;
  /** Options that a user might choose. */
  config(weather: Weather): Record<string, unknown>;
}

export const SUBJECTS: Readonly<Record<string, Subject>> = {
  hearsay: {
    troubles: { ...TROUBLES, ...COMMANDS },
    config(weather) {
      const config: Record<string, unknown> = {};
      if (weather.chance(0.3)) config['certificateMs'] = weather.between(90_000, 150_000);
      if (weather.chance(0.15)) config['accusers'] = weather.between(2, 3);
      if (weather.chance(0.15)) config['massRefusal'] = true;
      if (weather.chance(0.2)) config['exchangeIntervalMs'] = weather.between(5_000, 20_000);
      if (weather.chance(0.1)) config[weather.one(SWITCHES)] = false;
      if (weather.chance(0.2)) config['tags'] = { text: 'x'.repeat(weather.between(1, 500)) };
      if (weather.chance(0.2)) config['streams'] = 'yes';
      return config;
    },
  },
  heartbeat: { troubles: TROUBLES, config: () => ({}) },
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
