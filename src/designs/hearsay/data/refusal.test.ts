/** One node that hears what it must not believe, and what it must not lose. */
import { describe, expect, test } from 'vitest';
import { OneNode } from '../../../../test/one-node.ts';
import type {
  Entry,
  InlineValue,
  MapEntry,
  StateEntry,
  Value,
} from '../../../blocks/data/index.ts';
import { VERSION_MAX, VERSION_STEP_MAX } from '../../../blocks/data/index.ts';

const MINUTE = 60_000;

function value(text: string): InlineValue {
  return { kind: 'bytes', bytes: Uint8Array.from(text, (letter) => letter.charCodeAt(0)) };
}

function state(
  world: OneNode,
  owner: string,
  key: string,
  version: number,
  of?: Value,
): StateEntry {
  const life = owner === 'self' ? world.node.fact.nodeId : world.fact(owner).nodeId;
  return { type: 'state', owner: life, key, version, value: of, ageMs: 0 };
}

function shared(world: OneNode, key: string, wallMs: number, of?: Value, ageMs = 0): MapEntry {
  const stamp = { wallMs, count: 0, by: world.fact('b').nodeId };
  return { type: 'map', key, stamp, value: of, ageMs };
}

function tell(world: OneNode, from: string, ...entries: Entry[]): void {
  world.hear(from, { type: 'data-gossip', entries });
}

describe('state', () => {
  test('is believed of whoever is known, in the order of its versions', () => {
    const world = new OneNode().among('b', 'c');
    tell(world, 'c', state(world, 'b', 'k', 2, value('new')));
    tell(world, 'c', state(world, 'b', 'k', 1, value('old')));
    expect(world.node.data.get('b', 'k')).toEqual(value('new'));
    tell(world, 'c', state(world, 'b', 'k', 3));
    expect(world.node.data.get('b', 'k')).toBeUndefined();
    tell(world, 'c', state(world, 'b', 'k', 2, value('new')));
    expect(world.node.data.get('b', 'k')).toBeUndefined();
  });

  test('of a life that nobody knows is refused, and counted', () => {
    const world = new OneNode().among('b');
    tell(world, 'b', state(world, 'stranger', 'k', 1, value('x')));
    expect(world.node.data.get('stranger', 'k')).toBeUndefined();
    expect([...world.node.data.all()]).toEqual([]);
    expect(world.node.load.turnedAway['data-unknown-life']).toBe(1);
  });

  test('of its own that it has not written is answered by what holds', () => {
    const world = new OneNode().among('b');
    world.command(({ data }, env) => data.set(env, 'mine', value('true')));
    tell(world, 'b', state(world, 'self', 'mine', 900, value('false')));
    tell(world, 'b', state(world, 'self', 'other', 1000, value('false')));
    expect(world.node.data.get('self', 'mine')).toEqual(value('true'));
    expect(world.node.data.get('self', 'other')).toBeUndefined();
    expect(world.node.load.turnedAway['data-not-mine']).toBe(2);
    const own = [...world.node.data.all()] as StateEntry[];
    expect(own.map(({ key, version }) => [key, version])).toEqual([
      ['mine', 901],
      ['other', 1001],
    ]);
  });

  test('a version that nothing can follow harms that key alone', () => {
    const world = new OneNode().among('b');
    tell(world, 'b', state(world, 'self', 'gone', VERSION_MAX, value('x')));
    world.command(({ data }, env) => data.set(env, 'mine', value('true')));
    expect([...world.node.data.all()].map(({ key }) => key)).toEqual(['mine']);
  });

  test('far above what is known of a live owner is refused, and its owner asked', () => {
    const world = new OneNode().among('b', 'c');
    tell(world, 'c', state(world, 'b', 'k', 7, value('x')));
    for (let i = 0; i < 100; i++) {
      tell(world, 'c', state(world, 'b', 'k', 8 + VERSION_STEP_MAX, value('false')));
    }
    expect(world.node.data.get('b', 'k')).toEqual(value('x'));
    expect(world.node.load.turnedAway['data-version-ahead']).toBe(100);
    const asked = world.sent.filter(({ message }) => message.type === 'data-word');
    expect(asked).toHaveLength(1); // Once a second.
    expect(asked[0]).toMatchObject({ to: world.route('b'), message: { asks: true } });
    world.hear('b', { type: 'data-word', version: 8 + VERSION_STEP_MAX, asks: false });
    tell(world, 'c', state(world, 'b', 'k', 8 + VERSION_STEP_MAX, value('true')));
    expect(world.node.data.get('b', 'k')).toEqual(value('true'));
  });

  test('of which its owner knows nothing goes at his word, and at nobody else’s', () => {
    const world = new OneNode().among('b', 'c');
    for (let i = 1; i <= 20; i++) {
      tell(world, 'c', state(world, 'b', 'k', i * VERSION_STEP_MAX, value('false')));
    }
    tell(world, 'b', state(world, 'b', 'true', 5, value('x')));
    world.hear('c', { type: 'data-word', version: 5, asks: false });
    world.hear('nobody', { type: 'data-word', version: 5, asks: true });
    expect(world.node.data.get('b', 'k')).toEqual(value('false'));
    expect(world.node.load.turnedAway['data-words']).toBe(1);
    world.hear('b', { type: 'data-word', version: 5, asks: false });
    expect([...world.node.data.entries('b')].map(({ key }) => key)).toEqual(['true']);
    expect(world.node.load.turnedAway['data-disowned']).toBe(1);
    expect(world.eventsOf('state-changed').at(-1)).toMatchObject({ key: 'k', value: undefined });
    tell(world, 'c', state(world, 'b', 'k', 20 * VERSION_STEP_MAX, value('false')));
    expect(world.node.data.get('b', 'k')).toBeUndefined();
  });

  test('of its own is answered by one step a second; beyond that it gives its word', () => {
    const world = new OneNode().among('b', 'c');
    world.command(({ data }, env) => data.set(env, 'k', value('true')));
    const height = () => ([...world.node.data.all()] as StateEntry[])[0]!.version;
    for (let i = 0; i < 100; i++) {
      tell(world, 'b', state(world, 'self', 'k', height() + VERSION_STEP_MAX, value('false')));
    }
    expect(height()).toBe(VERSION_STEP_MAX + 2);
    world.run(10_000);
    expect(height()).toBeLessThan(3 * VERSION_STEP_MAX);
    world.forgetEffects();
    for (let i = 0; i < 1000; i++) {
      tell(world, 'b', state(world, 'self', 'k', VERSION_MAX, value('false')));
      world.hear('c', { type: 'data-word', version: 0, asks: true });
    }
    const words = () => world.sent.filter(({ message }) => message.type === 'data-word');
    expect(words()).toHaveLength(64);
    world.forgetEffects();
    world.run(9000);
    expect(words().map(({ to }) => to)).toEqual(['b', 'c'].map((name) => world.route(name)));
    expect(world.node.data.get('self', 'k')).toEqual(value('true'));
  });

  test('keys that it never had leave it half of its room', () => {
    const world = new OneNode({ stateEntriesMax: 20 }).among('b');
    for (let i = 0; i < 40; i++) {
      tell(world, 'b', state(world, 'self', `k${i}`, i + 1, value('false')));
    }
    for (let i = 0; i < 10; i++) {
      world.command(({ data }, env) => data.set(env, `own${i}`, value('true')));
    }
    expect([...world.node.data.entries('self')]).toHaveLength(10);
    expect(world.node.load.turnedAway['data-denials']).toBe(30);
  });

  test('more forgeries of its own than it can answer are dropped, and counted', () => {
    const world = new OneNode().among('b');
    for (let i = 0; i < 3000; i++) {
      tell(world, 'b', state(world, 'self', `k${i}`, i + 1, value('false')));
    }
    expect(world.node.load.turnedAway['data-denials']).toBeGreaterThan(1500);
    expect(world.node.load.parts['forged versions to answer']).toBe(1024);
    expect([...world.node.data.all()]).toHaveLength(64); // In one second.
    expect([...world.node.data.entries('self')]).toEqual([]);
  });

  test('goes with the life whose it is, and with the certificate of the dead', () => {
    const world = new OneNode({ certificateMs: 10 * MINUTE }).among('b', 'c');
    tell(world, 'c', state(world, 'b', 'k', 1, value('x')));
    world.gossip('c', world.news('b', 'dead'));
    world.run(9 * MINUTE);
    expect(world.node.data.get('b', 'k')).toEqual(value('x'));
    world.run(3 * MINUTE);
    expect(world.node.data.get('b', 'k')).toBeUndefined();
    const told = world.events.filter(({ type }) => type === 'state-changed');
    expect(told.at(-1)).toMatchObject({ name: 'b', key: 'k', value: undefined, version: 0 });
    expect([...world.node.data.all()]).toEqual([]);
  });
});

test('whoever claims the life of another under a name of his own takes nobody with him', () => {
  const world = new OneNode({ certificateMs: 10 * MINUTE }).among('b', 'c');
  world.command(({ data }, env) => data.set(env, 'mine', value('x')));
  tell(world, 'c', state(world, 'b', 'k', 1, value('x')));
  const own = world.node.fact;
  const lies = [
    world.news('liar', 'left', { peer: world.route('b') }),
    world.news('nobody', 'alive', { peer: own.peer }),
  ];
  world.gossip('c', ...lies);
  world.run(13 * MINUTE); // Until nobody remembers them.
  expect([...world.node.members()].map(({ name }) => name).toSorted()).toEqual(['b', 'c', 'self']);
  expect(world.node.data.get('self', 'mine')).toEqual(value('x'));
  expect(world.node.data.get('b', 'k')).toEqual(value('x'));
});

describe('the map', () => {
  test('the last writer wins, and equal stamps are settled alike everywhere', () => {
    const both = ['x', 'y'].map((text) => value(text));
    const seen = [both, both.toReversed()].map((order) => {
      const world = new OneNode().among('b', 'c');
      const { wallMs } = world.env;
      for (const one of order) tell(world, 'c', shared(world, 'k', wallMs, one));
      return world.node.data.mapGet('k');
    });
    expect(seen[0]).toEqual(seen[1]);
  });

  test('a stamp more than five minutes ahead is refused, and its author told', () => {
    const world = new OneNode().among('b', 'c');
    const { wallMs } = world.env;
    tell(world, 'c', shared(world, 'k', wallMs + 4 * MINUTE, value('near')));
    expect(world.node.data.mapGet('k')).toEqual(value('near'));
    tell(world, 'c', shared(world, 'k', wallMs + 6 * MINUTE, value('far')));
    expect(world.node.data.mapGet('k')).toEqual(value('near'));
    const answers = world.sent.filter(({ message }) => message.type === 'data-ahead');
    expect(answers.map(({ to }) => to)).toEqual([world.route('b')]);
    expect(world.events).toContainEqual(
      expect.objectContaining({ type: 'stamp-refused', key: 'k', own: false, aheadMs: 6 * MINUTE }),
    );
  });

  test('a tombstone with a stamp years ahead deletes nothing', () => {
    const world = new OneNode().among('b', 'c');
    const { wallMs } = world.env;
    tell(world, 'c', shared(world, 'k', wallMs, value('x')));
    tell(world, 'c', shared(world, 'k', wallMs + 525_600 * MINUTE));
    tell(world, 'c', shared(world, 'other', 2 ** 48 - 1, undefined, 1));
    expect(world.node.data.mapGet('k')).toEqual(value('x'));
    expect(world.node.load.turnedAway['data-stamp-ahead']).toBe(2);
    world.command(({ data }, env) => data.mapSet(env, 'k', value('mine')));
    world.run(4000);
    expect(world.node.data.mapGet('k')).toEqual(value('mine'));
  });

  test('what is written comes after what was heard, whatever the clock says', () => {
    const world = new OneNode().among('b');
    const { wallMs } = world.env;
    world.command(({ data }, env) => data.mapSet(env, 'first', value('1')));
    world.hear('b', { type: 'data-agree', checksum: { high: 0, low: 0 }, memory: 'fresh' });
    tell(world, 'b', shared(world, 'k', wallMs + 4 * MINUTE, value('theirs')));
    world.env.wallMs -= MINUTE;
    world.command(({ data }, env) => data.mapSet(env, 'k', value('mine')));
    expect(world.node.data.mapGet('k')).toEqual(value('mine'));
  });

  test('writes wait until a comparison is over, or nobody has answered', () => {
    const world = new OneNode().among('b');
    const write = (key: string) =>
      world.command(({ data }, env) => data.mapSet(env, key, value('x')));
    expect(write('a')).toBe(false);
    expect(world.node.data.mapGet('a')).toBeUndefined();
    world.hear('b', { type: 'data-agree', checksum: { high: 0, low: 0 }, memory: 'fresh' });
    expect(world.node.data.mapGet('a')).toEqual(value('x'));
    expect(world.events.map(({ type }) => type)).toContain('map-ready');
    expect(write('b')).toBe(true);

    const alone = new OneNode().start();
    expect(alone.command(({ data }, env) => data.mapSet(env, 'a', value('x')))).toBe(true);

    const unheard = new OneNode().among('b');
    unheard.command(({ data }, env) => data.mapSet(env, 'a', value('x')));
    unheard.run(2900);
    expect(unheard.node.data.mapGet('a')).toBeUndefined();
    unheard.run(1000);
    expect(unheard.node.data.mapGet('a')).toEqual(value('x'));
  });

  test('what was deleted too long ago is no news, but still deletes', () => {
    const certificateMs = 10 * MINUTE;
    const world = new OneNode({ certificateMs }).among('b');
    const { wallMs } = world.env;
    tell(world, 'b', shared(world, 'unknown', wallMs, undefined, certificateMs + 1));
    expect([...world.node.data.all()]).toEqual([]);
    expect(world.node.load.turnedAway['data-too-old']).toBe(1);
    tell(world, 'b', shared(world, 'known', wallMs - 1, value('x')));
    tell(world, 'b', shared(world, 'known', wallMs, undefined, certificateMs + 1));
    expect(world.node.data.mapGet('known')).toBeUndefined();
    world.run(2 * MINUTE);
    expect([...world.node.data.all()]).toEqual([]);
  });
});

describe('bounds', () => {
  const few = { stateEntriesMax: 3, mapEntriesMax: 3, stateBytesMax: 4096 };

  test('a call that exceeds one says which, and changes nothing', () => {
    const world = new OneNode(few).start();
    const set = (key: string, of = value('x')) =>
      world.command(({ data }, env) => data.set(env, key, of));
    expect(() => set('')).toThrow(expect.objectContaining({ code: 'KEY_UNUSABLE' }));
    expect(() => set('k'.repeat(257))).toThrow(expect.objectContaining({ code: 'KEY_UNUSABLE' }));
    expect(() => set('\ud800')).toThrow(expect.objectContaining({ code: 'KEY_UNUSABLE' }));
    for (const key of ['a', 'b', 'c']) set(key);
    expect(() => set('d')).toThrow(expect.objectContaining({ code: 'DATA_FULL' }));
    set('a', value('again'));
    world.command(({ data }, env) => data.delete(env, 'b'));
    expect(() => set('d')).toThrow(/at most 3 keys/); // What is deleted is remembered for a while.
    expect([...world.node.data.entries('self')].map(({ key }) => key)).toEqual(['a', 'c']);
  });

  test('what others tell beyond them is refused, and counted', () => {
    const world = new OneNode(few).among('b');
    for (let i = 0; i < 10; i++) {
      tell(world, 'b', state(world, 'b', `k${i}`, i + 1, value('x')));
      tell(world, 'b', shared(world, `k${i}`, world.env.wallMs, value('x')));
    }
    expect([...world.node.data.entries('b')]).toHaveLength(3);
    expect([...world.node.data.mapEntries()]).toHaveLength(3);
    expect(world.node.load.turnedAway['data-no-room']).toBe(14);
    const over = world.node.holdings().filter(({ count, countMax }) => count > countMax);
    expect(over).toEqual([]);
  });
});

test('symbols that nobody asked for, that no set has, or of another session bring nothing', () => {
  const world = new OneNode().among('b', 'c');
  const salt = [1, 2, 3, 4] as const;
  const words = Int32Array.from({ length: 7 * 16 }, (_, i) => i * 77_777_777);
  const symbols = {
    type: 'data-symbols',
    memory: 'fresh',
    salt,
    held: 3,
    symbols: { from: 0, words },
  } as const;
  world.hear('c', symbols);
  expect(world.sent).toEqual([]);
  world.command(({ data }, env) => data.mapSet(env, 'k', value('x'))); // So it asks b, or c.
  const asked = world.sent.find(({ message }) => message.type === 'data-compare');
  const name = asked?.to === world.route('b') ? 'b' : 'c';
  for (let from = 0; from < 40_000; from += 16) {
    world.hear(name, { ...symbols, symbols: { from, words } });
  }
  const types = world.sent.map(({ message }) => message.type);
  expect(types.filter((type) => type === 'data-ask').length).toBeLessThan(10);
  expect(types.filter((type) => type === 'data-page').length).toBeLessThanOrEqual(1);
});

test('a log of any length loads, and a new life tells own state as its own', () => {
  const world = new OneNode().start();
  world.command(({ data }, env) => {
    data.set(env, 'a', value('1'));
    data.set(env, 'b', value('2'));
    data.delete(env, 'a');
    data.mapSet(env, 'm', value('3'));
    data.mapSet(env, 'n', value('4'));
    data.mapDelete(env, 'n');
  });
  for (let length = 0; length <= world.saved.length; length++) {
    const saved = world.saved.slice(0, length);
    new OneNode({}, { saved, nodeId: '00000000000000bb' }).start();
  }
  const compacted = [...world.node.snapshot()];
  for (const saved of [world.saved, compacted]) {
    const again = new OneNode({}, { saved, nodeId: '00000000000000bb' }).start();
    const { data, fact } = again.node;
    expect(data.get('self', 'b')).toEqual(value('2'));
    expect([...data.entries('self')].map(({ owner }) => owner)).toEqual([fact.nodeId]);
    expect(data.mapGet('m')).toEqual(value('3'));
    expect(data.mapGet('n')).toBeUndefined();
  }
});
