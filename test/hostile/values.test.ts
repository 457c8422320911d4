/** Members that lie about large values, stall, or ask without end: bounded, counted, told apart. */
import { expect, test } from 'vitest';
import {
  bytesOf,
  chunkCount,
  ChunkSet,
  contentOf,
  LIST,
  type Content,
  type ContentReference,
  type StateEntry,
} from '../../src/blocks/data/index.ts';
import type { HearsayMessage } from '../../src/designs/hearsay/index.ts';
import { pureCrypto } from '../../src/sim/sha256.ts';
import { OneNode } from '../one-node.ts';

const NOTHING = new Uint8Array(0);

function content(salt: number, length = 200_000): Content {
  const bytes = new Uint8Array(length).map((_, i) => (i * 7 + (i >> 9) + salt) & 0xff);
  return contentOf(bytes, pureCrypto);
}

/** A node among puppets that say what they have in their state. */
class Victim extends OneNode {
  #version = 0;

  /** A puppet says that a key of its state is a large value. */
  claims(name: string, key: string, reference: ContentReference): void {
    const entry: StateEntry = {
      type: 'state',
      owner: this.book.nodeIdOf(this.route(name)),
      key,
      version: ++this.#version,
      value: { kind: 'bytes', ...reference },
      ageMs: 0,
    };
    this.hear(name, { type: 'data-gossip', entries: [entry] });
  }

  /** Puppets serve all that they are asked for, as `serve` makes it; for so long. */
  serve(
    ms: number,
    serve: (name: string, of: ContentReference, index: number) => HearsayMessage | undefined,
    names: readonly string[] = ['a', 'b'],
  ): void {
    let seen = this.sent.length;
    for (let i = 0; i < ms / 10; i++) {
      const wants = this.sent.slice(seen);
      seen = this.sent.length;
      for (const { message, to } of wants) {
        const name = names.find((one) => this.route(one) === to);
        if (message.type !== 'want' || name === undefined) continue;
        for (const index of message.indices) {
          const answer = serve(name, message.of, index);
          if (answer !== undefined) this.hear(name, answer);
        }
      }
      this.run(10);
    }
  }

  holds(name: string, key: string): number | undefined {
    const value = this.node.data.get(name, key);
    return value && bytesOf(value).length;
  }

  count(what: string): number {
    return this.node.load.turnedAway[what] ?? 0;
  }

  held(what: string): number | undefined {
    return this.node.load.parts[what];
  }
}

function chunk({ chunks, list, reference: of }: Content, index: number): HearsayMessage {
  const have = ChunkSet.full(chunkCount(of.length)).bits;
  return { type: 'chunk', of, index, have, bytes: index === LIST ? list : chunks[index]! };
}

test('a hash whose content differs: each liar is asked once, and an honest holder serves', () => {
  const [truth, lie] = [content(1), content(2)];
  for (const isList of [true, false]) {
    const victim = new Victim().among('a', 'b');
    victim.claims('a', 'k', truth.reference);
    victim.serve(20_000, (name, of, index) => {
      const isFalse = name === 'a' && (index === LIST) === isList;
      return { ...chunk(isFalse ? lie : truth, index), of } as HearsayMessage;
    });
    expect(victim.count('chunks-false')).toBe(1);
    expect(victim.holds('a', 'k')).toBe(200_000);
    expect(victim.status('a')).toBe('alive'); // A wrong byte accuses nobody of being dead.
  }
});

test('a liar alone: nothing is shown, and little is asked', () => {
  const victim = new Victim().among('a');
  victim.claims('a', 'k', content(1).reference);
  const serve = (_: string, of: ContentReference, index: number) =>
    ({ ...chunk(content(2), index), of }) as HearsayMessage;
  victim.serve(60_000, serve);
  expect(victim.holds('a', 'k')).toBeUndefined();
  expect(victim.eventsOf('state-changed')).toEqual([]);
  expect(victim.of('want').length).toBeLessThan(5);
});

test('chunks that nobody asked for are dropped unread, without end', () => {
  const victim = new Victim().among('a', 'b');
  const [value, other] = [content(1), content(3, 60_001)];
  victim.claims('a', 'k', value.reference);
  for (let i = 0; i < 1000; i++) victim.hear('b', chunk(other, i % 2));
  for (let i = 0; i < 1000; i++) victim.hear('b', chunk(value, 1));
  expect(victim.count('chunks-unasked')).toBe(2000);
  expect(victim.held('bytes of large values')).toBe(200_000); // Room for the one that it wants.
  victim.serve(5000, (_, of, index) => ({ ...chunk(value, index), of }) as HearsayMessage);
  expect(victim.holds('a', 'k')).toBe(200_000);
});

test('references beyond the bound, or that lie about the length', () => {
  const victim = new Victim({ valueBytesMax: 300_000 }).among('a', 'b');
  const value = content(1);
  victim.claims('a', 'long', { ...value.reference, length: 300_001 });
  expect(victim.count('data-value-too-large')).toBe(1);
  victim.claims('a', 'lies', { ...value.reference, length: 260_000 });
  victim.claims('a', 'true', value.reference);
  victim.serve(30_000, (_, of, index) =>
    index < chunkCount(200_000) ? ({ ...chunk(value, index), of } as HearsayMessage) : undefined,
  );
  expect(victim.holds('a', 'lies')).toBeUndefined();
  expect(victim.count('chunks-false')).toBeGreaterThan(0);
  expect(victim.holds('a', 'true')).toBe(200_000);
});

test('a holder that stalls: another one serves meanwhile', () => {
  const victim = new Victim().among('a', 'b');
  const value = content(1);
  victim.claims('a', 'k', value.reference);
  victim.serve(6000, (name, _, index) => (name === 'a' ? undefined : chunk(value, index)));
  expect(victim.holds('a', 'k')).toBe(200_000);
});

test('a hundred values that nobody has keep no true one from coming', () => {
  const victim = new Victim({ valuesBytesMax: 50_000_000 }).among('a', 'b');
  for (let i = 0; i < 100; i++) {
    victim.claims('a', `k${i}`, { length: 10_000_000, hash: `${i}`.padStart(64, '0') });
  }
  const value = content(1);
  victim.claims('b', 'k', value.reference);
  victim.serve(15_000, (name, of, index) => {
    if (name === 'b' && of.hash === value.reference.hash) return chunk(value, index);
    return { type: 'lack', of, have: NOTHING, isBusy: false };
  });
  expect(victim.holds('b', 'k')).toBe(200_000);
  expect(victim.held('large values being fetched')).toBe(4);
  // Nor does it ask ever faster: that would be a storm.
  const before = victim.of('want').length;
  victim.run(60_000);
  expect(victim.of('want').length - before).toBeLessThan(60 * 12);
});

test('who asks without end gets four chunks at a time, and others get theirs', () => {
  const victim = new Victim().among('a', 'b');
  const bytes = content(1).chunks;
  const whole = new Uint8Array(200_000);
  for (const [i, part] of bytes.entries()) whole.set(part, i * 60_000);
  victim.command((node, env) => node.data.set(env, 'k', { kind: 'bytes', bytes: whole }));
  const of = content(1).reference;
  const flood = (indices: readonly number[]) => {
    victim.hear('a', { type: 'want', of, have: NOTHING, indices });
  };
  for (let i = 0; i < 2000; i++) flood([i % 4, (i + 1) % 4, (i + 2) % 4, (i + 3) % 4]);
  expect(victim.of('chunk', 'a').length).toBe(4);
  victim.hear('b', { type: 'want', of, have: NOTHING, indices: [0] });
  for (let i = 0; i < 200; i++) {
    flood([0, 1, 2, 3]);
    victim.run(11);
  }
  expect(victim.of('chunk', 'b').length).toBe(1);
  // Of what it does not have it says so, each time in fewer bytes than it was asked.
  const unknown = { length: 1_000_000, hash: 'f'.repeat(64) };
  victim.hear('a', { type: 'want', of: unknown, have: NOTHING, indices: [0] });
  expect(victim.of('lack', 'a').at(-1)?.message).toEqual({
    type: 'lack',
    of: unknown,
    have: NOTHING,
    isBusy: false,
  });
});

test('strangers are neither served nor believed', () => {
  const victim = new Victim().among('a');
  victim.command((node, env) => {
    node.data.set(env, 'k', { kind: 'bytes', bytes: new Uint8Array(1000) });
  });
  const { reference: of } = contentOf(new Uint8Array(1000), pureCrypto);
  victim.hear('nobody', { type: 'want', of, have: NOTHING, indices: [0] });
  expect(victim.of('chunk')).toEqual([]);
  expect(victim.of('lack')).toEqual([]);
  expect(victim.count('values-strangers')).toBe(1);
});
