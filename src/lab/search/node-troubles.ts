/**
 * What can go wrong with machines, processes and clocks in a random scenario. Each trouble is over
 * by the end of the weather, so that every promise must hold some time later.
 */
import type { Fault, ScenarioFault } from '../../sim/index.ts';
import type { Trouble, Weather } from './weather.ts';

export const NODE_TROUBLES: Readonly<Record<string, Trouble>> = {
  crash: (weather) => outage(weather, { type: 'crash', node: weather.node() }),
  'power-off': (weather) => outage(weather, { type: 'power-off', node: weather.node() }),
  restart(weather) {
    const node = weather.node();
    return [{ atMs: weather.time(), ...comeBack(weather, node) }];
  },
  'crash-loop': crashLoop,
  rack: rackFails,
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
  'listener-restart'(weather) {
    const [atMs, untilMs] = weather.span();
    const forMs = untilMs - atMs;
    return [{ atMs, type: 'listener-restart', node: weather.node(), forMs }];
  },
  descriptors: (weather) =>
    onNode(weather, (node) => [
      { type: 'descriptors', node, are: 'short' },
      { type: 'descriptors', node, are: 'enough' },
    ]),
  book(weather) {
    const node = weather.node();
    // Lies about it are refuted when it can keep them: before they have been believed for long.
    const [atMs, longMs] = weather.span(weather.isSecured ? undefined : LIED_ABOUT_MS_MAX);
    // Members that it did not keep tell it of themselves when they next choose it at random.
    const untilMs = Math.max(atMs, Math.min(longMs, weather.untilMs - 60_000));
    // Somebody new, whom it cannot keep.
    const name = `late${weather.more.length}`;
    weather.more.push({ name, address: weather.address(), atMs: weather.between(atMs, untilMs) });
    return [
      { atMs, type: 'book', node, is: 'full' },
      { atMs: untilMs, type: 'book', node, is: 'roomy' },
    ];
  },
  drift(weather) {
    const rate = weather.between(90, 110) / 100;
    return onNode(weather, (node) => [
      { type: 'drift', node, rate },
      { type: 'drift', node, rate: 1 },
    ]);
  },
  move(weather) {
    const node = weather.one(weather.names);
    if (!weather.mayMove(node)) return [];
    return [{ atMs: weather.time(), type: 'move', node, address: weather.address(node) }];
  },
  'wall-jump'(weather) {
    const node = weather.yearsOff ?? weather.node();
    return [{ atMs: weather.time(), type: 'wall-jump', node, byMs: skewMs(weather, node) }];
  },
};

/**
 * When all else is over: the machine of the only seed is replaced by one whose clock is off by up
 * to a year. It finds nobody, founds a cluster, and is told the time by those that look for it.
 */
export function founderFails(weather: Weather): ScenarioFault[] {
  const node = 'n0';
  const atMs = weather.untilMs + weather.between(20_000, 25_000);
  return [
    { atMs, type: 'crash', node },
    { atMs, type: 'wall-jump', node, byMs: weather.between(-YEAR_MS, YEAR_MS) },
    { atMs: atMs + weather.between(1, 5_000), type: 'restart', node, saved: 'wiped' },
  ];
}

/** Down, and up again. */
function outage(weather: Weather, begin: Fault & { readonly node: string }): ScenarioFault[] {
  const [atMs, untilMs] = weather.span();
  return [
    { atMs, ...begin },
    { atMs: Math.min(untilMs, weather.backBy(begin.node, atMs)), ...comeBack(weather, begin.node) },
  ];
}

/** With or without what it saved, here or elsewhere. */
export function comeBack(weather: Weather, node: string): Extract<Fault, { type: 'restart' }> {
  const saved = weather.chance(0.4) ? 'wiped' : 'kept';
  const place =
    weather.mayMove(node) && weather.chance(0.3) ? { address: weather.address(node) } : {};
  return { type: 'restart', node, saved, ...place };
}

/**
 * Started again and again; perhaps its clock is behind, so that each life must be raised above the
 * last one, and perhaps so fast that not all have heard of that.
 */
function crashLoop(weather: Weather): ScenarioFault[] {
  const node = weather.node();
  const everyMs = weather.between(50, weather.one([600, 5_000]));
  const times = weather.between(2, 10);
  const atMs = weather.between(weather.fromMs, weather.untilMs - times * everyMs);
  const saved = weather.chance(0.6) ? 'wiped' : 'kept';
  const restarts = Array.from({ length: times }, (_, i): ScenarioFault => {
    return { atMs: atMs + i * everyMs, type: 'restart', node, saved };
  });
  const byMs = skewMs(weather, node, true);
  return weather.chance(0.7) ? [{ atMs, type: 'wall-jump', node, byMs }, ...restarts] : restarts;
}

/** Some at once, as if they stood in one place. */
function rackFails(weather: Weather): ScenarioFault[] {
  const { names } = weather;
  const type = weather.chance(0.7) ? 'crash' : 'power-off';
  const [atMs, untilMs] = weather.span();
  return weather.some(names, weather.between(1, names.length - 1)).flatMap((node) => [
    { atMs, type, node } as const,
    {
      atMs: weather.between(atMs, Math.min(untilMs, weather.backBy(node, atMs))),
      ...comeBack(weather, node),
    },
  ]);
}

/**
 * Most or all at once, and perhaps again a moment later, as a bad release does it; mostly with
 * nothing kept, and clocks somewhat off, perhaps all of them behind.
 */
function massRestart(weather: Weather): ScenarioFault[] {
  // Two that come up together may let each other in: then neither may be years off.
  const names = weather.names.filter((name) => name !== weather.yearsOff);
  const count = weather.chance(0.3) ? names.length : weather.between(1, names.length);
  const saved = weather.chance(0.75) ? 'wiped' : 'kept';
  const areBehind = weather.chance(0.6);
  const withinMs = weather.one([1, 100, 1_000]);
  const times = weather.one([1, 2, 4, 4]);
  const everyMs = weather.between(withinMs, 3_000);
  const atMs = weather.between(weather.fromMs, weather.untilMs - times * everyMs);
  return weather.some(names, count).flatMap((node): ScenarioFault[] => [
    { atMs, type: 'wall-jump', node, byMs: skewMs(weather, node, areBehind) },
    ...Array.from({ length: times }, (_, i): ScenarioFault => {
      return { atMs: atMs + i * everyMs + weather.below(withinMs), type: 'restart', node, saved };
    }),
  ]);
}

/** How far a clock is set forwards or backwards. */
function skewMs(weather: Weather, node: string, isBehind = false): number {
  const usualMs = weather.areClocksNear ? SECONDS_MS : weather.one([SECONDS_MS, HOURS_MS]);
  const mostMs = weather.yearsOff === node ? YEAR_MS : usualMs;
  return weather.between(-mostMs, isBehind ? 0 : mostMs);
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
  // Often before anybody knows that the other is gone.
  const withinMs = weather.chance(0.7) ? 4_000 : weather.untilMs;
  const laterMs = weather.between(atMs, Math.min(weather.untilMs, atMs + withinMs));
  const address = weather.home(node);
  return [...end, { atMs: laterMs, type: 'restart', node: heir, address }];
}

function onNode(weather: Weather, faults: (node: string) => readonly [Fault, Fault]) {
  const [atMs, untilMs] = weather.span();
  const [begin, end] = faults(weather.node());
  return [
    { atMs, ...begin },
    { atMs: untilMs, ...end },
  ];
}

const LIED_ABOUT_MS_MAX = 40_000;
const SECONDS_MS = 10_000;
/** Even several such jumps are less than the day that a start may lie ahead. */
const HOURS_MS = 2 * 3_600_000;
const YEAR_MS = 365 * 24 * 3_600_000;
