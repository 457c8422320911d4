/** What can go wrong with the network in a random scenario, until the weather ends at most. */
import type { Fault, ScenarioFault } from '../../sim/index.ts';
import type { Span, Trouble, Weather } from './weather.ts';

export const NETWORK_TROUBLES: Readonly<Record<string, Trouble>> = {
  partition(weather) {
    const [fromMs, untilMs] = weather.span();
    return cut(weather, [[fromMs, untilMs]]);
  },
  flapping(weather) {
    const everyMs = weather.between(1_000, 20_000);
    const times = weather.between(2, 5);
    const atMs = weather.between(weather.fromMs, weather.untilMs - 1);
    const last = weather.untilMs;
    const spans = Array.from({ length: times }, (_, i): Span => {
      const fromMs = atMs + 2 * i * everyMs;
      return [fromMs, fromMs + everyMs];
    });
    return cut(
      weather,
      spans.filter(([, untilMs]) => untilMs <= last),
    );
  },
  /** What it does not let through it rejects. */
  firewall: (weather) => cut(weather, [weather.span()], 'reject'),
  'one-way-cut'(weather) {
    const name = cutName(weather);
    const from = split(weather);
    const to = weather.some(weather.names, weather.between(1, weather.names.length));
    const mode = modeOf(weather);
    return during(weather, { type: 'one-way-cut', from, to, mode, name }, { type: 'heal', name });
  },
  'pair-cut'(weather) {
    const name = cutName(weather);
    const pairs = Array.from({ length: weather.between(1, 6) }, () => {
      const [one, other] = weather.some(weather.names, 2);
      return [one!, other!] as const;
    });
    const mode = modeOf(weather);
    return during(weather, { type: 'pair-cut', pairs, mode, name }, { type: 'heal', name });
  },
  loss(weather) {
    const loss = weather.between(1, 15) / 100;
    const usual = weather.network.loss ?? 0;
    const [atMs, untilMs] = weather.span();
    return [
      { atMs, type: 'loss', loss },
      { atMs: untilMs, type: 'loss', loss: usual },
    ];
  },
  latency(weather) {
    const [atMs, untilMs] = weather.span();
    const latency = { type: 'uniform', minMs: 0, maxMs: weather.between(1, 300) } as const;
    return [
      { atMs, type: 'latency', latency },
      { atMs: untilMs, type: 'latency', latency: weather.network.latency },
    ];
  },
  zones(weather) {
    const within = { type: 'constant', ms: weather.between(1, 5) } as const;
    const between = { type: 'uniform', minMs: 10, maxMs: weather.between(20, 150) } as const;
    return during(
      weather,
      { type: 'latency', latency: { type: 'zones', within, between } },
      { type: 'latency', latency: weather.network.latency },
    );
  },
  duplication(weather) {
    const fraction = weather.between(1, 100) / 100;
    const where = somewhere(weather);
    return during(
      weather,
      { type: 'duplication', fraction, ...where },
      { type: 'duplication', fraction: 0, ...where },
    );
  },
  reordering(weather) {
    const fraction = weather.between(1, 100) / 100;
    const byMs = weather.chance(0.5) ? weather.between(1, 400) : weather.between(400, HELD_MS_MAX);
    const where = somewhere(weather);
    const [atMs, longMs] = weather.span();
    // What is held back arrives before all trouble is over.
    const untilMs = Math.max(atMs, Math.min(longMs, weather.untilMs - byMs));
    return [
      { atMs, type: 'reordering', fraction, byMs, ...where },
      { atMs: untilMs, type: 'reordering', fraction: 0, byMs, ...where },
    ];
  },
  bandwidth(weather) {
    const bitsPerSecond = weather.one([20_000, 100_000, 1_000_000]);
    const where = somewhere(weather);
    return during(
      weather,
      { type: 'bandwidth', bitsPerSecond, ...where },
      { type: 'bandwidth', bitsPerSecond: 0, ...where },
    );
  },
};

/** The same cut, for each of these times. */
function cut(weather: Weather, spans: readonly Span[], mode = modeOf(weather)): ScenarioFault[] {
  const groups = [split(weather)];
  if (weather.chance(0.2)) groups.push(rest(weather, groups[0]!));
  const name = cutName(weather);
  return spans.flatMap(([atMs, untilMs]): ScenarioFault[] => [
    { atMs, type: 'partition', groups, mode, name },
    { atMs: untilMs, type: 'heal', name },
  ]);
}

/** One node, or any part of them. */
export function split(weather: Weather, without?: string): string[] {
  const names = weather.names.filter((name) => name !== without);
  if (weather.chance(0.3)) return [weather.one(names)];
  return weather.some(names, weather.between(1, names.length));
}

function rest(weather: Weather, taken: readonly string[]): string[] {
  const left = weather.names.filter((name) => !taken.includes(name));
  return weather.some(left, weather.between(0, left.length));
}

/** Everywhere, or one node's traffic. */
function somewhere(weather: Weather): { readonly node?: string } {
  return weather.chance(0.5) ? {} : { node: weather.node() };
}

function modeOf(weather: Weather): 'drop' | 'reject' {
  return weather.chance(0.4) ? 'reject' : 'drop';
}

function cutName(weather: Weather): string {
  return `cut ${weather.below(1_000_000)}`;
}

/** For some time. */
function during(weather: Weather, begin: Fault, end: Fault): ScenarioFault[] {
  const [atMs, untilMs] = weather.span();
  return [
    { atMs, ...begin },
    { atMs: untilMs, ...end },
  ];
}

/** Less than certificates live: what is older is no packet but a ghost of another time. */
const HELD_MS_MAX = 60_000;
