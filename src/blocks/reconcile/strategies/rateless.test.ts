import { expect, test } from 'vitest';
import { Xoshiro128 } from '../../../core/index.ts';
import { rateless, type RatelessMessage } from './rateless.ts';
import { Replica, type Fact } from './replica.ts';

function facts(count: number, owner: number, bytes = 100): Fact[] {
  const random = new Xoshiro128(owner, 'facts');
  return Array.from({ length: count }, (_, i) => ({
    owner,
    version: i + 1,
    bytes,
    digest: Uint8Array.from({ length: 16 }, () => random.below(256)),
  }));
}

function sides(here: Fact[], there: Fact[]) {
  const strategy = rateless();
  const random = new Xoshiro128(1);
  const replicas = [new Replica(here), new Replica(there)] as const;
  return {
    replicas,
    asker: strategy.asker(replicas[0], 'push-pull', random),
    answerer: strategy.answerer(replicas[1], 'push-pull', random),
  };
}

/** The kinds of messages, until nobody has anything to say. */
function talk({ asker, answerer }: ReturnType<typeof sides>): string[] {
  const kinds: string[] = [];
  let message: RatelessMessage | undefined = asker.begin();
  for (let isAnswer = false; message !== undefined; isAnswer = !isAnswer) {
    kinds.push(message.type);
    message = (isAnswer ? asker : answerer).receive(message);
  }
  return kinds;
}

test('what symbols would cost too much for goes whole', () => {
  // Facts of 1 byte: the bound is 64 symbols and as many as the own facts take bytes.
  const session = sides(facts(100, 1, 1), facts(100, 2, 1));
  const kinds = talk(session);
  expect(kinds.slice(-2)).toEqual(['state', 'facts']);
  for (const replica of session.replicas) expect(replica.size).toBe(200);
});

test('symbols that never decode: within the bound all goes instead', () => {
  const { asker, replicas } = sides(facts(10, 1), []);
  asker.begin();
  const random = new Xoshiro128(4);
  const garbage = (from: number): RatelessMessage => ({
    type: 'symbols',
    salt: from === 0 ? [1, 2, 3, 4] : undefined,
    held: 10,
    symbols: { from, words: Int32Array.from({ length: 16 * 7 }, () => random.u32()) },
  });
  let answers = 0;
  let answer = asker.receive(garbage(0));
  while (answer?.type === 'more') answer = asker.receive(garbage(16 * ++answers));
  // The bound: 64 symbols, and as many as 1,000 bytes of facts are.
  expect([answer?.type, answers]).toEqual(['state', 6]);
  expect(replicas[0].size).toBe(10);
});

test('symbols that no set has end the session', () => {
  const { asker, replicas } = sides([], []);
  asker.begin();
  const words = new Int32Array(16 * 7).fill(9, 7); // Symbol 0 is empty, the others are not.
  const symbols = { from: 0, words };
  expect(asker.receive({ type: 'symbols', salt: [1, 2, 3, 4], held: 0, symbols })).toBeUndefined();
  expect(replicas[0].size).toBe(0);
});

test('answers to what nobody asked: none', () => {
  const { asker, answerer } = sides(facts(3, 1), facts(3, 2));
  const symbols = { from: 0, words: new Int32Array(7) };
  expect(asker.receive({ type: 'symbols', salt: undefined, held: 1, symbols })).toBeUndefined();
  expect(answerer.receive({ type: 'more', to: 100 })).toBeUndefined();
  expect(answerer.receive({ type: 'settle', ids: [1, 2], facts: [] })).toBeUndefined();
  expect(answerer.receive({ type: 'same' })).toBeUndefined();
});

test('whoever asks for a billion symbols gets one message of them', () => {
  const { asker, answerer } = sides(facts(5, 1), facts(5, 2));
  answerer.receive(asker.begin()!);
  const answer = answerer.receive({ type: 'more', to: 1e9 });
  expect(answer?.type).toBe('symbols');
  if (answer?.type === 'symbols') expect(answer.symbols.words.length / 7).toBeLessThan(2520);
});

test('small facts go first', () => {
  const [small, large] = [facts(2, 1, 10), facts(2, 2, 5000)];
  const { asker, answerer } = sides([], [...large, ...small]);
  const settle = asker.receive(answerer.receive(asker.begin()!)!)!;
  const sent = answerer.receive(settle)!;
  expect(sent.type === 'facts' && sent.facts.map(({ bytes }) => bytes)).toEqual([
    10, 10, 5000, 5000,
  ]);
});
