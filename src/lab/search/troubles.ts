/**
 * What can go wrong in a random scenario. Each trouble is over by the end of the weather, so that
 * every promise must hold some time later.
 */
import type { Address } from '../../core/index.ts';
import { addressOf, type Fault, type ScenarioFault } from '../../sim/index.ts';
import type { Span, Trouble, Weather } from './weather.ts';

/** Of machines, processes, networks and clocks: what any design meets. */
export const TROUBLES: Readonly<Record<string, Trouble>> = {
  crash: (weather) => outage(weather, { type: 'crash', node: weather.node() }),
  'power-off': (weather) => outage(weather, { type: 'power-off', node: weather.node() }),
  restart(weather) {
    const node = weather.node();
    return [{ atMs: weather.time(), ...comeBack(weather, node) }];
  },
  'mass-restart': massRestart,
  'gone-for-good': goneForGood,
  pause: (weather) =>
    onNode(weather, (node) => [
      { type: 'pause', node },
      { type: 'resume', node },
    ]),
  starve: (weather) =>
    onNode(weather, (node) => [
      { type: 'starve', node },
      { type: 'feed', node },
    ]),
  'tcp-port'(weather) {
    const is = weather.one(['drops', 'rejects', 'accepts-and-closes'] as const);
    return onNode(weather, (node) => [
      { type: 'tcp-port', node, is },
      { type: 'tcp-port', node, is: 'sound' },
    ]);
  },
  'node-loss'(weather) {
    const loss = weather.between(5, 100) / 100;
    return onNode(weather, (node) => [
      { type: 'loss', node, loss },
      { type: 'loss', node, loss: 0 },
    ]);
  },
  slow(weather) {
    const byMs = weather.between(1, 2_000);
    return onNode(weather, (node) => [
      { type: 'slow', node, byMs },
      { type: 'slow', node, byMs: 0 },
    ]);
  },
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
  'wall-jump'(weather) {
    const node = weather.node();
    const amountMs = weather.one([10_000, 3_600_000, YEAR_MS]);
    // A seed that comes up alone has nobody to tell it the time.
    const isAhead = weather.chance(0.5) && (weather.mayMove(node) || amountMs < YEAR_MS);
    const byMs = Math.floor((amountMs * weather.between(1, 100)) / 100) * (isAhead ? 1 : -1);
    return [{ atMs: weather.time(), type: 'wall-jump', node, byMs }];
  },
};

/** What a flagship's operators do beside. */
export const COMMANDS: Readonly<Record<string, Trouble>> = {
  leave(weather) {
    const node = weather.node();
    const [atMs, untilMs] = weather.span();
    const back: ScenarioFault = { atMs: untilMs, ...comeBack(weather, node) };
    return [{ atMs, type: 'command', node, command: 'leave' }, back];
  },
  evict(weather) {
    const [node, argument] = weather.some(weather.names, 2) as [string, string];
    const [atMs, untilMs] = weather.span();
    const back: ScenarioFault = { atMs: untilMs, ...comeBack(weather, argument) };
    return [{ atMs, type: 'command', node, command: 'evict', argument }, back];
  },
  update(weather) {
    const node = weather.node();
    return Array.from({ length: weather.between(1, 4) }, (_, i) => ({
      atMs: weather.time(),
      type: 'command',
      node,
      command: 'update',
      argument: `${i}`.repeat(weather.chance(0.2) ? 400 : 3),
    }));
  },
  join(weather) {
    const [node, other] = weather.some(weather.names, 2) as [string, string];
    const argument = addressOfName(other);
    return [{ atMs: weather.time(), type: 'command', node, command: 'join', argument }];
  },
  departure,
  latecomer(weather) {
    const name = `late${weather.more.length}`;
    weather.more.push({ name, address: weather.address(), atMs: weather.time() });
    return [];
  },
  namesake(weather) {
    const member = weather.node();
    const name = `second-${member}-${weather.more.length}`;
    const [atMs, untilMs] = weather.span();
    weather.more.push({ name, member, address: weather.address(), atMs });
    if (weather.chance(0.5)) return [];
    // Both come up while they cannot know of each other.
    const groups = split(weather, member);
    const apart = { type: 'partition', groups: [[...groups, name]], name } as const;
    return [
      { atMs, ...apart },
      { atMs: untilMs, type: 'heal', name },
    ];
  },
};

/** Down, and up again. */
function outage(weather: Weather, begin: Fault & { readonly node: string }): ScenarioFault[] {
  const [atMs, untilMs] = weather.span();
  return [
    { atMs, ...begin },
    { atMs: untilMs, ...comeBack(weather, begin.node) },
  ];
}

/** With or without what it saved, here or elsewhere. */
function comeBack(weather: Weather, node: string): Extract<Fault, { type: 'restart' }> {
  const saved = weather.chance(0.4) ? 'wiped' : 'kept';
  const place = weather.mayMove(node) && weather.chance(0.3) ? { address: weather.address() } : {};
  return { type: 'restart', node, saved, ...place };
}

/** Most or all at once, perhaps with nothing kept and clocks somewhat off. */
function massRestart(weather: Weather): ScenarioFault[] {
  const { names } = weather;
  const count = weather.chance(0.5) ? names.length : weather.between(2, names.length);
  const saved = weather.chance(0.5) ? 'wiped' : 'kept';
  const atMs = weather.between(weather.fromMs, weather.untilMs - 1_000);
  return weather.some(names, count).flatMap((node): ScenarioFault[] => [
    { atMs, type: 'wall-jump', node, byMs: weather.between(-10_000, 10_000) },
    { atMs: atMs + weather.below(1_000), type: 'restart', node, saved },
  ]);
}

/** Never to return; perhaps somebody else comes to live at its address. */
function goneForGood(weather: Weather): ScenarioFault[] {
  const node = weather.doomed.pop();
  if (node === undefined) return [];
  const atMs = weather.time();
  const type = weather.one(['crash', 'power-off'] as const);
  const end: ScenarioFault[] = [{ atMs, type, node }];
  const heir = weather.node();
  if (!weather.mayMove(heir) || weather.chance(0.3)) return end;
  const laterMs = weather.between(atMs, weather.untilMs);
  const address = addressOfName(node);
  return [...end, { atMs: laterMs, type: 'restart', node: heir, address }];
}

/** As operators have it go for good. */
function departure(weather: Weather): ScenarioFault[] {
  const argument = weather.doomed.pop();
  if (argument === undefined) return [];
  const atMs = weather.time();
  if (weather.chance(0.5)) return [{ atMs, type: 'command', node: argument, command: 'leave' }];
  return [{ atMs, type: 'command', node: weather.node(), command: 'evict', argument }];
}

function onNode(weather: Weather, faults: (node: string) => readonly [Fault, Fault]) {
  const [atMs, untilMs] = weather.span();
  const [begin, end] = faults(weather.node());
  return [
    { atMs, ...begin },
    { atMs: untilMs, ...end },
  ];
}

/** The same cut, for each of these times. */
function cut(weather: Weather, spans: readonly Span[]): ScenarioFault[] {
  const mode = weather.chance(0.25) ? 'reject' : 'drop';
  const groups = [split(weather)];
  if (weather.chance(0.2)) groups.push(rest(weather, groups[0]!));
  const name = `cut ${weather.below(1_000_000)}`;
  return spans.flatMap(([atMs, untilMs]): ScenarioFault[] => [
    { atMs, type: 'partition', groups, mode, name },
    { atMs: untilMs, type: 'heal', name },
  ]);
}

/** One node, or any part of them. */
function split(weather: Weather, without?: string): string[] {
  const names = weather.names.filter((name) => name !== without);
  if (weather.chance(0.3)) return [weather.one(names)];
  return weather.some(names, weather.between(1, names.length));
}

function rest(weather: Weather, taken: readonly string[]): string[] {
  const left = weather.names.filter((name) => !taken.includes(name));
  return weather.some(left, weather.between(0, left.length));
}

function addressOfName(name: string): Address {
  return addressOf(Number(name.slice(1)));
}

const YEAR_MS = 365 * 24 * 3_600_000;
