/** The designs that scenarios can name, with all their options and their commands. */
import { UsageError } from '../core/index.ts';
import { hearsay, hearsayConfig, PRESETS, type HearsayConfig } from '../designs/hearsay/index.ts';
import {
  heartbeat,
  HEARTBEAT_DEFAULTS,
  heartbeatConfig,
  type HeartbeatConfig,
} from '../designs/heartbeat/index.ts';
import { parseAddress } from '../wire/index.ts';
import { forge } from './falsehood.ts';
import { scenarioDesign, type GivenConfig, type ScenarioDesigns } from '../sim/index.ts';

export const SCENARIO_DESIGNS: ScenarioDesigns = {
  heartbeat: scenarioDesign(
    heartbeat,
    (given) => heartbeatConfig(checked<HeartbeatConfig>(given, HEARTBEAT_DEFAULTS)),
    { leave: (protocol, env) => protocol.leave(env) },
  ),
  hearsay: scenarioDesign(
    hearsay,
    (given) => hearsayConfig(checked<HearsayConfig>(given, PRESETS.lan)),
    {
      leave: (protocol, env) => protocol.leave(env),
      /** Of an address. */
      join: (protocol, env, seed = '') => protocol.join(env, [seed]),
      /** Of a member's name. */
      evict: (protocol, env, name = '') => void protocol.evict(env, name),
      /** Of any text, which becomes a tag. */
      update: (protocol, env, text = '') => protocol.setTags(env, { text }),
      /** Of a lie: another hears it in this member's name. */
      forge: (protocol, env, lie = '') => forge(protocol, env, lie),
    },
  ),
};

/** Options that exist and are of the type of their defaults; ranges are the design's own matter. */
function checked<C>(
  given: GivenConfig,
  defaults: Omit<C, 'name'>,
): Partial<C> & { readonly name: string } {
  const known = new Map<string, unknown>(Object.entries(defaults));
  for (const [option, value] of Object.entries(given)) {
    if (option === 'name') continue;
    if (option === 'seeds') {
      checkSeeds(value);
      continue;
    }
    if (!known.has(option)) {
      throw new UsageError('BAD_OPTION', `config.${option}: this design has no such option`);
    }
    const wanted = typeof known.get(option);
    if (typeof value !== wanted) {
      throw new UsageError('BAD_OPTION', `config.${option}: give a ${wanted}, not ${typeof value}`);
    }
  }
  return given as Partial<C> & GivenConfig;
}

function checkSeeds(value: unknown): void {
  const isRight =
    Array.isArray(value) &&
    value.every((seed) => typeof seed === 'string' && parseAddress(seed) === seed);
  if (isRight) return;
  throw new UsageError(
    'BAD_OPTION',
    'config.seeds: give a list of addresses such as 10.0.0.4:7946',
  );
}
