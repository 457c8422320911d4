import { expect, test } from 'vitest';
import type { Cluster, ClusterEvent } from '../api/index.ts';
import { History } from './history.ts';

/** A cluster that tells what a test makes it tell, at the times that it says. */
function told() {
  const listeners = new Map<string, (event: ClusterEvent) => void>();
  const clock = { ms: 1000 };
  const cluster = {
    on: (type: string, listener: (event: ClusterEvent) => void) => listeners.set(type, listener),
    self: { name: 'me', nodeId: 'm1', address: '10.0.0.1:1' },
    health: 2,
    load: { suspicions: 3 },
    members: { size: 9 },
  };
  const history = new History(cluster as unknown as Cluster, () => clock.ms);
  const tell = (event: object): void => {
    clock.ms += 10;
    listeners.get((event as ClusterEvent).type)?.(event as ClusterEvent);
  };
  return { history, tell };
}

const member = (name: string, nodeId = 'x1', status = 'alive') => {
  return { name, nodeId, status, address: '10.0.0.2:1' };
};

test('each thing that happens is kept, with its time, life and reason', () => {
  const { history, tell } = told();
  const accusers = [{ by: 'a', met: 'silence' }];
  const suspicion = { accuser: 'a', accusers, path: undefined, again: false };
  tell({ type: 'member-joined', member: member('x') });
  tell({ type: 'member-suspected', member: member('x'), ...suspicion });
  tell({ type: 'member-suspected', member: member('x'), ...suspicion, again: true });
  tell({ type: 'member-failed', member: member('x'), accusers, own: true, afterMs: 20 });
  const before = member('x', 'x1', 'dead');
  tell({ type: 'member-rejoined', member: member('x', 'x2'), before, why: 'restarted' });
  tell({ type: 'member-updated', member: member('x', 'x2'), changed: ['tags'] });
  expect(history.of('x')).toEqual([
    { at: 1010, life: 'x1', type: 'joined', address: '10.0.0.2:1' },
    { at: 1020, life: 'x1', type: 'suspected', ...suspicion, suspects: 3, members: 9, health: 2 },
    {
      at: 1030,
      life: 'x1',
      type: 'suspected',
      ...suspicion,
      again: true,
      suspects: 3,
      members: 9,
      health: 2,
    },
    { at: 1040, life: 'x1', type: 'failed', accusers, own: true, afterMs: 20 },
    {
      at: 1050,
      life: 'x2',
      type: 'rejoined',
      address: '10.0.0.2:1',
      why: 'restarted',
      before: { status: 'dead', life: 'x1' },
    },
    { at: 1060, life: 'x2', type: 'updated', changed: ['tags'], address: '10.0.0.2:1' },
  ]);
  expect(history.since('x')).toBe(1050); // Since then it is alive.
  expect(history.of('y')).toEqual([]);
  expect(history.since('y')).toBeUndefined();
});

test('a suspicion counts from its first accuser', () => {
  const { history, tell } = told();
  const suspicion = { type: 'member-suspected', member: member('x'), accuser: 'a', accusers: [] };
  tell({ ...suspicion, again: false });
  tell({ ...suspicion, again: true });
  expect(history.since('x')).toBe(1010);
});

test('what others say of this node itself is its own history', () => {
  const { history, tell } = told();
  tell({ type: 'joined', members: 4 });
  tell({ type: 'accused', status: 'suspect', accusers: [], health: 1 });
  expect(history.of('me').map(({ type }) => type)).toEqual(['joined', 'accused']);
  expect(history.since('me')).toBe(1010);
});

test('it is bounded for each member and in all; the quietest loses its oldest', () => {
  const { history, tell } = told();
  for (let i = 0; i < 200; i++) tell({ type: 'member-left', member: member('x') });
  expect(history.of('x')).toHaveLength(64);
  for (let i = 0; i < 20_000; i++) tell({ type: 'member-left', member: member(`n${i}`) });
  expect(history.size).toBe(16_384);
  expect(history.of('x')).toEqual([]);
  expect(history.of('n19999')).toHaveLength(1);
});
