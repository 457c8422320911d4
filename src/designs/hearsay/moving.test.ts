/** What a host tells of places: seeds that are elsewhere now, and this node itself. */
import { expect, test } from 'vitest';
import { OneNode } from '../../../test/one-node.ts';

test('seeds that have moved replace the old ones, and new ones are tried at once', () => {
  const world = new OneNode({ seeds: [] }).among('a');
  const [old, fresh] = [world.address('old'), world.address('fresh')];
  world.command((node, env) => node.join(env, [old]));
  expect(world.of('sync').map(({ to }) => to)).toEqual([world.anyoneAt('old')]);
  world.forgetEffects();
  world.command((node, env) => node.reseed(env, [fresh]));
  expect(world.of('sync').map(({ to }) => to)).toEqual([world.anyoneAt('fresh')]);
  world.forgetEffects();
  world.command((node, env) => node.reseed(env, [fresh]));
  expect(world.of('sync')).toEqual([]);
  world.run(60_000);
  const tried = new Set(world.of('sync').map(({ to }) => world.book.addressOf(to)));
  expect([tried.has(fresh), tried.has(old)]).toEqual([true, false]);
});

test('a newcomer asks where its seeds are now', () => {
  const world = new OneNode({ seeds: ['10.0.1.1:7946'] });
  const fresh = world.address('fresh');
  world.start();
  world.forgetEffects();
  world.command((node, env) => node.reseed(env, [fresh, '10.0.0.1:7946']));
  world.run(3000);
  const asked = new Set(world.of('join').map(({ to }) => world.book.addressOf(to)));
  expect([...asked]).toEqual([fresh]);
});

test('a node that has moved tells everyone, once, as the same life', () => {
  const world = new OneNode().among('a', 'b');
  const before = world.node.fact;
  world.command((node, env) => node.readdress(env));
  expect(world.node.fact).toBe(before);
  world.env.self = world.book.peer('10.9.9.9:1', before.nodeId);
  world.command((node, env) => node.readdress(env));
  world.command((node, env) => node.readdress(env));
  const { counter, nodeId, start } = before;
  expect(world.node.fact).toMatchObject({ counter: counter + 1, nodeId, start });
  expect(world.node.self.address).toBe('10.9.9.9:1');
  world.run(300);
  const told = world.told('self').at(-1);
  expect(told === undefined ? '' : world.book.addressOf(told.fact.peer)).toBe('10.9.9.9:1');
});

test('others say that no stream reaches it: so it tells, and when one does again', () => {
  const world = new OneNode().among('a', 'b');
  const accusers = [{ by: 'b', met: 'refused' }] as const;
  const news = world.newsOfSelf('suspect');
  world.gossip('a', { ...news, accusers });
  expect(world.node.fact.streams).toBe('no');
  const blocked = (event: { readonly type: string }) => event.type === 'streams-blocked';
  const told = [{ type: 'streams-blocked', blocked: true, direction: 'in' }];
  expect(world.events.filter(blocked)).toEqual(told);
  world.forgetEffects();
  world.hear('a', { type: 'probe', seq: 7, news: [] });
  expect(world.node.fact.streams).toBe('yes');
  expect(world.events.filter(blocked)).toEqual([{ ...told[0], blocked: false }]);
});
