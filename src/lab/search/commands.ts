/** What operators of a flagship do in a random scenario; latecomers, and names that are taken. */
import type { ScenarioFault } from '../../sim/index.ts';
import { split } from './network-troubles.ts';
import { comeBack } from './node-troubles.ts';
import type { Trouble, Weather } from './weather.ts';

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
    const argument = weather.home(other);
    return [{ atMs: weather.time(), type: 'command', node, command: 'join', argument }];
  },
  /** What somebody without a key can do to a cluster that has none. */
  forge(weather) {
    if (weather.isSecured) return [];
    const node = weather.node();
    return Array.from({ length: weather.between(2, 6) }, () => ({
      atMs: weather.time(),
      type: 'command',
      node,
      command: 'forge',
      argument: weather.one(['facts', 'life', weather.liesOf, weather.liesOf]),
    }));
  },
  departure,
  latecomer(weather) {
    const name = `late${weather.more.length}`;
    weather.more.push({ name, address: weather.address(), atMs: weather.time() });
    return [];
  },
  /** Members come and go, each with a name that nobody had. */
  turnover(weather) {
    const everyMs = weather.between(10_000, 20_000);
    const staysMs = weather.between(5_000, 30_000);
    const faults: ScenarioFault[] = [];
    for (let atMs = weather.fromMs; atMs + staysMs < weather.untilMs; atMs += everyMs) {
      const node = `guest${weather.more.length}`;
      weather.more.push({ name: node, address: weather.address(), atMs });
      faults.push({ atMs: atMs + staysMs, type: 'command', node, command: 'leave' });
    }
    return faults;
  },
  namesake(weather) {
    // If a seed gave way to one elsewhere, nobody would find the cluster.
    const [member] = weather.some(
      weather.names.filter((name) => weather.mayMove(name)),
      1,
    );
    if (member === undefined) return [];
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

/** As operators have it go for good. */
function departure(weather: Weather): ScenarioFault[] {
  const argument = weather.doomed.pop();
  if (argument === undefined) return [];
  const atMs = weather.time();
  if (weather.chance(0.5)) return [{ atMs, type: 'command', node: argument, command: 'leave' }];
  return [{ atMs, type: 'command', node: weather.node(), command: 'evict', argument }];
}
