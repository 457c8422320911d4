import fc from 'fast-check';
import { expect, test } from 'vitest';
import { STATUSES } from './merge.ts';
import type { Fact } from './messages.ts';
import { checksumTerm, isLive, Table } from './table.ts';

const alive: Fact = { name: 'a', peer: 1, incarnation: 5, heartbeat: 5, status: 'alive' };

function rowOf(table: Table, name: string): { readonly fact: Fact; readonly updatedMs: number } {
  return [...table.rows()].find(({ fact }) => fact.name === name)!;
}

test('only a higher pair refreshes the update time', () => {
  const table = new Table();
  table.put(alive, 100);
  table.put({ ...alive, status: 'suspect' }, 200);
  expect(rowOf(table, 'a').updatedMs).toBe(100);
  table.put({ ...alive, heartbeat: 6 }, 300);
  expect(rowOf(table, 'a')).toEqual({ fact: { ...alive, heartbeat: 6 }, updatedMs: 300 });
});

test('a tombstone keeps a name out until a higher pair comes', () => {
  const table = new Table();
  table.put(alive, 0);
  table.remove(alive);
  expect([table.size, table.fact('a')]).toEqual([0, undefined]);
  expect(table.admits(alive)).toBe(false);
  expect(table.admits({ ...alive, incarnation: 4, heartbeat: 9 })).toBe(false);
  expect(table.admits({ ...alive, heartbeat: 6 })).toBe(true);
  expect(table.admits({ ...alive, incarnation: 6, heartbeat: 0 })).toBe(true);
  table.put({ ...alive, heartbeat: 6 }, 0);
  table.remove({ ...alive, heartbeat: 6 });
  expect(table.admits({ ...alive, heartbeat: 6 })).toBe(false);
});

test('tombstones are bounded, the oldest goes first', () => {
  const table = new Table();
  for (let i = 0; i < 4096; i++) table.bury({ ...alive, name: `n${i}` });
  table.bury({ ...alive, name: 'n0' });
  table.bury({ ...alive, name: 'one more' });
  const known = ['n0', 'n1', 'n2', 'one more'].map((name) => !table.admits({ ...alive, name }));
  expect(known).toEqual([true, false, true, true]);
});

test('checksum and count are those over live rows, whatever the history', () => {
  const fact = fc.record<Fact>({
    name: fc.constantFrom('a', 'b', 'c'),
    peer: fc.constant(1),
    incarnation: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    heartbeat: fc.nat(9),
    status: fc.constantFrom(...STATUSES),
  });
  const step = fc.record({ fact, remove: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const table = new Table();
      for (const { fact: heard, remove } of steps) {
        const known = table.fact(heard.name);
        if (remove && known !== undefined) table.remove(known);
        else table.put(heard, 0);
      }
      const live = [...table.rows()].map((row) => row.fact).filter((held) => isLive(held));
      const sum = live.reduce((total, held) => total + checksumTerm(held), 0);
      expect([table.checksum, table.live]).toEqual([sum % 2 ** 32, live.length]);
    }),
  );
});
