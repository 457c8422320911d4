/**
 * Troubles made for branches that chance alone hardly reaches: each is a few faults and commands
 * that belong together, with a share of all scenarios of its own.
 */
import type { ScenarioFault } from '../../sim/index.ts';
import { comeBack } from './node-troubles.ts';
import type { Trouble, Weather } from './weather.ts';

export interface RareTrouble {
  /** Of all scenarios, 0 … 1. */
  readonly share: number;
  readonly trouble: Trouble;
}

/** Chosen so that a search of 2,000 seeds meets each mark in a hundred of them. */
export const RARE_TROUBLES: readonly RareTrouble[] = [
  { share: 0.6, trouble: longAbsence },
  { share: 0.5, trouble: nearAbsence },
  { share: 0.5, trouble: seedsReturn },
  { share: 0.2, trouble: lostPublisher },
  { share: 0.02, trouble: outrunPublisher },
  { share: 0.5, trouble: lostDelegates },
  { share: 0.25, trouble: unheardWrite },
  { share: 0.2, trouble: manyKeys },
  { share: 0.22, trouble: manyDeletions },
  { share: 0.2, trouble: lostAuthor },
];

/**
 * Away for longer than deletions are remembered, by one way or another, while others delete what it
 * holds. The others have known the map for as long when it comes back.
 */
function longAbsence(weather: Weather): readonly ScenarioFault[] {
  return absence(weather, ABSENT_MS_MIN, ABSENT_MS_MORE);
}

/** The same for nearly as long. */
function nearAbsence(weather: Weather): readonly ScenarioFault[] {
  return absence(weather, NEARLY_MS_MIN, NEARLY_MS_MORE);
}

function absence(weather: Weather, awayMs: number, moreMs: number): readonly ScenarioFault[] {
  const atMs = weather.fromMs + weather.between(3_000, 10_000);
  const leastMs = atMs + awayMs;
  const [node, other] = weather.some(weather.names, 2);
  if (leastMs > weather.untilMs || node === undefined || other === undefined) return [];
  // Whoever comes up meanwhile looks for seeds.
  if (!weather.mayMove(node)) return [];
  const untilMs = weather.between(leastMs, Math.min(weather.untilMs, leastMs + moreMs));
  const keys = Array.from({ length: weather.between(2, 5) }, (_, i) => `a${i}`);
  const faults: ScenarioFault[] = [];
  const writes = (by: string, command: string, fromMs: number, toMs: number): void => {
    // One is not deleted: it is still there when the doubts end.
    for (const key of command.endsWith('delete') ? keys.slice(1) : keys) {
      const argument = command.endsWith('set') ? `${key}=${by}` : key;
      const writtenMs = weather.between(fromMs, toMs);
      faults.push({ atMs: writtenMs, type: 'command', node: by, command, argument });
    }
  };
  writes(weather.one([node, other]), 'map-set', weather.fromMs, atMs - 1_000);
  writes(other, 'map-delete', atMs + 1, atMs + awayMs / 2);
  // What it deletes in the last moment it tells when it is back.
  const lastMs = atMs - weather.between(1, 100);
  if (weather.chance(0.7)) {
    faults.push({ atMs: lastMs, type: 'command', node, command: 'map-delete', argument: 'last' });
  }
  return [...faults, ...away(weather, node, atMs, untilMs)];
}

function away(weather: Weather, node: string, atMs: number, untilMs: number): ScenarioFault[] {
  const name = `absence of ${node}`;
  switch (weather.below(3)) {
    case 0:
      return [
        { atMs, type: 'crash', node },
        { atMs: untilMs, type: 'restart', node, saved: 'kept' },
      ];
    case 1:
      return [
        { atMs, type: 'partition', groups: [[node]], name },
        { atMs: untilMs, type: 'heal', name },
      ];
    default:
      return [
        { atMs, type: 'pause', node },
        { atMs: untilMs, type: 'resume', node },
      ];
  }
}

/** All seeds begin anew, again and again, with clocks behind: members tell them of their past. */
function seedsReturn(weather: Weather): readonly ScenarioFault[] {
  const seeds = weather.names.filter((name) => !weather.mayMove(name));
  if (seeds.length < 2 || seeds.length === weather.names.length) return [];
  const atMs = weather.between(weather.fromMs, weather.untilMs - RETURNS_MS_MAX);
  const everyMs = weather.between(1_200, 3_000);
  return seeds.flatMap((node): ScenarioFault[] => [
    { atMs: atMs + 1, type: 'wall-jump', node, byMs: -BEHIND_MS },
    ...[0, 1, 2, 3, 4].map((i): ScenarioFault => {
      const laterMs = atMs + i * everyMs + weather.below(500);
      return { atMs: i === 0 ? atMs : laterMs, type: 'restart', node, saved: 'wiped' };
    }),
  ]);
}

/** It loses packets while it publishes, and then vanishes: nobody has all. */
function lostPublisher(weather: Weather): readonly ScenarioFault[] {
  const node = weather.node();
  const atMs = weather.between(weather.fromMs, weather.untilMs - BURST_MS_MAX);
  const count = weather.between(3, 15);
  const everyMs = weather.between(1, 60);
  const goneMs = atMs + count * everyMs + weather.between(1, 60);
  const many = { type: 'command', node, command: 'publish-many', argument: '1100' } as const;
  const isMany = weather.names.length <= FEW && weather.chance(0.7);
  const events = Array.from({ length: count }, (_, i): ScenarioFault => {
    if (i === 0 && isMany) return { atMs, ...many };
    const argument = `=${i}*${weather.one([1, 100, 1000])}`;
    return { atMs: atMs + i * everyMs, type: 'command', node, command: 'publish', argument };
  });
  return [
    { atMs, type: 'loss', node, loss: weather.between(40, 90) / 100 },
    ...events,
    { atMs: goneMs, type: 'power-off', node },
    { atMs: goneMs, type: 'loss', node, loss: 0 },
    { atMs: weather.between(goneMs, weather.backBy(node, goneMs)), ...comeBack(weather, node) },
  ];
}

/** It publishes more than is kept while somebody is cut off, and faster than links take it up. */
function outrunPublisher(weather: Weather): readonly ScenarioFault[] {
  if (weather.names.length < 2 || weather.names.length > FEW) return [];
  const [node, away] = weather.some(weather.names, 2) as [string, string];
  const name = `outrun ${away}`;
  const atMs = weather.between(weather.fromMs, weather.untilMs - OUTRUN_MS);
  const bursts = Array.from({ length: OUTRUN_BURSTS }, (_, i): ScenarioFault => {
    const laterMs = atMs + 10 + i * OUTRUN_EVERY_MS;
    return { atMs: laterMs, type: 'command', node, command: 'publish-many', argument: '1100' };
  });
  return [
    { atMs, type: 'partition', groups: [[away]], name },
    ...bursts,
    { atMs: atMs + OUTRUN_MS, type: 'heal', name },
  ];
}

/** Members that would pass a query on vanish with it. */
function lostDelegates(weather: Weather): readonly ScenarioFault[] {
  if (weather.names.length < DELEGATED) return [];
  const [asker, ...others] = weather.some(weather.names, weather.names.length) as [string];
  const lost = others.slice(0, Math.ceil(others.length / 3));
  const [atMs, untilMs] = weather.span(SPAN_MS_MAX);
  const type = weather.one(['power-off', 'crash', 'pause'] as const);
  const asks = Array.from({ length: 2 }, (): ScenarioFault => {
    const argument = `${weather.between(2_000, 10_000)}`;
    const askedMs = atMs + weather.below(500);
    return { atMs: askedMs, type: 'command', node: asker, command: 'query', argument };
  });
  const outages = lost.flatMap((node): ScenarioFault[] => [
    { atMs, type, node },
    { atMs: untilMs, ...(type === 'pause' ? { type: 'resume', node } : comeBack(weather, node)) },
  ]);
  return [...outages, ...asks];
}

/** Nobody answers the first comparison of a life that wants to write to the map. */
function unheardWrite(weather: Weather): readonly ScenarioFault[] {
  const node = weather.node();
  const atMs = weather.between(weather.fromMs, weather.untilMs - UNHEARD_MS_MAX);
  const deafMs = atMs + weather.between(2_000, 5_000);
  const writtenMs = deafMs + weather.between(10, 500);
  return [
    { atMs, ...comeBack(weather, node) },
    { atMs: deafMs, type: 'loss', node, loss: 1 },
    { atMs: writtenMs, type: 'command', node, command: 'map-set', argument: 'k0=unheard' },
    { atMs: deafMs + weather.between(5_000, 9_000), type: 'loss', node, loss: 0 },
  ];
}

/** More than a comparison's symbols can tell, written on two sides of a cut. */
function manyKeys(weather: Weather): readonly ScenarioFault[] {
  if (weather.names.length < 2 || weather.names.length > FEW) return [];
  const [node, other] = weather.some(weather.names, 2) as [string, string];
  const name = `many keys of ${node}`;
  const [atMs, untilMs] = weather.span(SPAN_MS_MAX);
  const command = weather.one(['map-fill', 'fill']);
  const bytes = weather.one([1, 500]);
  const fills = [node, other].map((by, i): ScenarioFault => {
    const argument = `${'fg'[i]!}=${weather.between(bytes === 1 ? 120 : 260, 300)}*${bytes}`;
    const writtenMs = weather.between(atMs, untilMs);
    return { atMs: writtenMs, type: 'command', node: by, command, argument };
  });
  return [
    { atMs, type: 'partition', groups: [[node]], name },
    ...fills,
    { atMs: untilMs, type: 'heal', name },
  ];
}

/** They are forgotten one after the other, while comparisons go on. */
function manyDeletions(weather: Weather): readonly ScenarioFault[] {
  const node = weather.node();
  const everyMs = weather.between(100, 250);
  const atMs = weather.between(weather.fromMs, weather.untilMs - DELETIONS * everyMs);
  return Array.from({ length: DELETIONS }, (_, i) => ({
    atMs: atMs + i * everyMs,
    type: 'command',
    node,
    command: 'map-delete',
    argument: `d${i}`,
  }));
}

/** It writes more large values than are fetched at once, and vanishes before all have them. */
function lostAuthor(weather: Weather): readonly ScenarioFault[] {
  const node = weather.node();
  const atMs = weather.between(weather.fromMs, weather.untilMs - BURST_MS_MAX);
  const command = weather.one(['set-large', 'set-large', 'map-set-large']);
  const count = weather.between(5, 8);
  const goneMs = atMs + weather.between(100, 400);
  const writes = Array.from({ length: count }, (_, i): ScenarioFault => {
    const argument = `w${i}=${100 + i}*${weather.between(10_000, 60_000)}`;
    return { atMs: atMs + weather.below(100), type: 'command', node, command, argument };
  });
  const type = weather.one(['power-off', 'crash', 'pause'] as const);
  const latestMs = weather.backBy(node, goneMs);
  const backMs = weather.between(Math.min(goneMs + STALLED_MS, latestMs), latestMs);
  return [
    // What it writes is known before anybody has it.
    { atMs, type: 'bandwidth', node, bitsPerSecond: 200_000 },
    ...writes,
    { atMs: goneMs, type: 'bandwidth', node, bitsPerSecond: 0 },
    { atMs: goneMs, type, node },
    { atMs: backMs, ...(type === 'pause' ? { type: 'resume', node } : comeBack(weather, node)) },
  ];
}

/** Three quarters of what certificates live at least. */
const NEARLY_MS_MIN = 52_000;
const NEARLY_MS_MORE = 20_000;
/** Longer than certificates live in most scenarios that choose, and others are whole by then. */
const ABSENT_MS_MIN = 130_000;
const ABSENT_MS_MORE = 40_000;
const BURST_MS_MAX = 2_000;
/** Six thousand events, of which 4,096 are kept. */
const OUTRUN_BURSTS = 8;
const OUTRUN_EVERY_MS = 1_500;
const OUTRUN_MS = 14_000;
/** Members from which on some pass queries on: an asker sends eight copies. */
const DELEGATED = 12;
/** More than the restarts take, so that each life would begin before the one before. */
const BEHIND_MS = 10_000;
const RETURNS_MS_MAX = 13_000;
const DELETIONS = 60;
/** Longer than a fetch waits for a value that does not come. */
const STALLED_MS = 20_000;
const UNHEARD_MS_MAX = 14_000;
/** Short beside what deletions are remembered for. */
const SPAN_MS_MAX = 30_000;
/** So that a scenario of much data takes no longer than others. */
const FEW = 8;
