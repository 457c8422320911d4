import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Xoshiro128 } from '../../../core/index.ts';
import { Replica, type Fact } from './replica.ts';
import { threeWay } from './three-way.ts';
import { deltaBytes } from './version-delta.ts';
import { versionDigests, type DigestMessage } from './version-digests.ts';

const costs = { digestBytes: 11, ownerBytes: 11, factBytes: 2 };
const options = { ...costs, packetBytesMax: 1360, isDigestSplit: true };

/** The facts that owner o said, up to version `versions[o]`. */
function said(versions: readonly number[]): Fact[] {
  return versions.flatMap((last, owner) =>
    Array.from({ length: last }, (_, i) => {
      const random = new Xoshiro128(i, `${owner}`);
      const digest = Uint8Array.from({ length: 16 }, () => random.below(256));
      return { owner, version: i + 1, bytes: 90, digest };
    }),
  );
}

const versions = fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { minLength: 1, maxLength: 8 });

test('whoever is ahead of whom: in the end both know the latest of everyone', () => {
  fc.assert(
    fc.property(versions, fc.nat(), (both, seed) => {
      const here = new Replica(said(both.map(([left]) => left)));
      const there = new Replica(said(both.map(([, right]) => right)));
      const strategy = versionDigests(options);
      const random = new Xoshiro128(seed);
      const asker = strategy.asker(here, 'push-pull', random);
      const answerer = strategy.answerer(there, 'push-pull', random);
      for (let begin = asker.begin(); begin !== undefined; begin = asker.again?.()) {
        let message: DigestMessage | undefined = begin;
        for (let isAnswer = false; message !== undefined; isAnswer = !isAnswer) {
          const facts = 'facts' in message ? message.facts : [];
          const bytes = facts.reduce((sum, fact) => sum + fact.bytes, strategy.sizeOf(message));
          expect(bytes).toBeLessThanOrEqual(1360);
          message = (isAnswer ? asker : answerer).receive(message);
        }
      }
      for (const [owner, [left, right]] of both.entries()) {
        expect(here.version(owner)).toBe(Math.max(left, right));
        expect(there.version(owner)).toBe(Math.max(left, right));
      }
    }),
    { numRuns: 50 },
  );
});

test('SYN, ACK and ACK2 carry what is lacked, and nothing else', () => {
  const here = new Replica(said([5, 2, 0, 7]));
  const there = new Replica(said([3, 2, 4, 7]));
  const strategy = threeWay(costs);
  const random = new Xoshiro128(1);
  const asker = strategy.asker(here, 'push-pull', random);
  const answerer = strategy.answerer(there, 'push-pull', random);
  const syn = asker.begin()!;
  expect(syn).toEqual({
    type: 'syn',
    digest: new Map([
      [0, 5],
      [1, 2],
      [3, 7],
    ]),
  });
  const ack = answerer.receive(syn)!;
  expect(ack).toEqual({ type: 'ack', requests: new Map([[0, 3]]), facts: said([0, 0, 4]) });
  expect(strategy.sizeOf(ack)).toBe(3 + 11 + 11 + 4 * 2);
  const ack2 = asker.receive(ack);
  expect(ack2).toEqual({ type: 'ack2', facts: said([5]).slice(3) });
  expect(answerer.receive(ack2!)).toBeUndefined();
  expect(here.set.checksum).toEqual(there.set.checksum);
  // Agreed: the next exchange is two messages.
  expect(asker.receive(answerer.receive(asker.begin()!)!)).toBeUndefined();
});

test('a delta costs its owners once, and each fact', () => {
  expect(deltaBytes(said([2, 0, 3]), costs)).toBe(2 * 11 + 5 * 2);
});

test('a digest that fits into no packet is not sent, where none may be split', () => {
  const replica = new Replica(said([1, 1, 1]));
  const small = { ...options, packetBytesMax: 30, isDigestSplit: false };
  const asker = versionDigests(small).asker(replica, 'pull', new Xoshiro128(1));
  expect(asker.begin()).toBeUndefined();
});
