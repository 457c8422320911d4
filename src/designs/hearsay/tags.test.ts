import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TAGS_BYTES_MAX } from '../../blocks/membership/index.ts';
import { addressOf, Simulation } from '../../sim/index.ts';
import { hearsay, hearsayConfig } from './index.ts';
import { decodeTags, encodeTags, tagsBytes, travelling } from './tags.ts';

test('tags come back as they were; the smallest travel with the fact, as far as they fit', () => {
  const tags = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string());
  fc.assert(
    fc.property(tags, (any) => {
      const { ['__proto__']: _, ...given } = any;
      expect(decodeTags(encodeTags(given))).toEqual(given);
      const some = travelling(given);
      expect(tagsBytes(some)).toBeLessThanOrEqual(TAGS_BYTES_MAX);
      expect(given).toMatchObject(some);
    }),
  );
  const small = { role: 'worker', zone: 'b' };
  expect(travelling({ notes: 'x'.repeat(600), ...small })).toEqual(small);
});

test('what are no tags', () => {
  expect(decodeTags(Uint8Array.of(1))).toBeUndefined();
  expect(decodeTags(Uint8Array.of(1, 97, 0, 1, 97, 0))).toBeUndefined(); // One key twice.
  expect(decodeTags(encodeTags({ a: 'x'.repeat(2 ** 20) }))).toBeUndefined();
});

function grown() {
  const seeds = [addressOf(0)];
  const network = { latency: { type: 'constant', ms: 5 }, loss: 0 } as const;
  const world = new Simulation({ design: hearsay, seed: 1, network, wire: true, freeze: true });
  const notes = 'x'.repeat(2000);
  world.add('a', hearsayConfig({ name: 'a', seeds, tags: { role: 'seed' } }));
  world.add('b', hearsayConfig({ name: 'b', seeds, tags: { notes, role: 'worker' } }));
  world.run(10_000);
  return { world, notes };
}

test('tags of any size are read by all, from the start, changed, and given up again', () => {
  const { world, notes } = grown();
  const [a, b] = [world.hosts[0]!, world.hosts[1]!];
  expect(a.protocol.member('b')?.tags).toEqual({ notes, role: 'worker' });
  expect(b.protocol.self.tags).toEqual({ notes, role: 'worker' });
  const updates: unknown[] = [];
  a.on((event) => {
    if (event.type === 'member-updated') updates.push(event.member.tags);
  });
  const more = { notes: 'y'.repeat(70_000), role: 'worker' };
  b.call((protocol, env) => protocol.setTags(env, more));
  world.run(5000);
  expect(a.protocol.member('b')?.tags).toEqual(more);
  expect(updates).toEqual([more]);
  b.call((protocol, env) => protocol.setTags(env, { role: 'idle' }));
  world.run(5000);
  expect(a.protocol.member('b')?.tags).toEqual({ role: 'idle' });
  expect(updates.at(-1)).toEqual({ role: 'idle' });
});

test('they are no key of the state that programs see, and none can write there', () => {
  const { world } = grown();
  const [a, b] = [world.hosts[0]!, world.hosts[1]!];
  const changes: string[] = [];
  a.on((event) => {
    if (event.type === 'state-changed') changes.push(event.key);
  });
  b.call((protocol, env) => protocol.setTags(env, { notes: 'z'.repeat(600) }));
  world.run(3000);
  expect([...a.protocol.data.entries('b')]).toEqual([]);
  expect(changes).toEqual([]);
  const value = { kind: 'json', bytes: new Uint8Array(1) } as const;
  expect(() => b.call(({ data }, env) => data.set(env, '\0tags', value))).toThrow('reserved');
});

test('a new life has its own', () => {
  const { world } = grown();
  world.apply({ type: 'crash', node: 'b' });
  world.run(20_000);
  expect(world.hosts[0]!.protocol.member('b')?.status).toBe('dead');
  world.apply({ type: 'restart', node: 'b', saved: 'kept' });
  world.run(10_000);
  expect(world.hosts[0]!.protocol.member('b')?.tags['role']).toBe('worker');
  expect(world.hosts[0]!.protocol.member('b')?.tags['notes']).toHaveLength(2000);
});
