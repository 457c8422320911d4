import { expect, test } from 'vitest';
import { SimulatedWorld } from '../../test/simulation/platform.ts';
import type { Answer, Answers } from './index.ts';

const trio = async (world: SimulatedWorld) =>
  world.joined({ a: {}, b: { tags: { role: 'worker' } }, c: {} });

async function all(world: SimulatedWorld, answers: Answers): Promise<Answer[]> {
  const read = async (): Promise<Answer[]> => {
    const list: Answer[] = [];
    for await (const answer of answers) list.push(answer);
    return list.sort((one, other) => (one.from < other.from ? -1 : 1));
  };
  return world.until(read());
}

test('all who answer are heard, this node too, and the query ends with the last', async () => {
  const world = new SimulatedWorld();
  const { a, b, c } = await trio(world);
  for (const one of [a, b]) one.answer('name', ({ payload }) => ({ my: one.name, payload }));
  c.answer('name', () => new Uint8Array([1, 2]));
  const begun = world.sim.elapsedMs;
  const answers = a.query('name', { question: '?' });
  expect(await all(world, answers)).toEqual([
    { from: 'a', value: { my: 'a', payload: { question: '?' } } },
    { from: 'b', value: { my: 'b', payload: { question: '?' } } },
    { from: 'c', value: new Uint8Array([1, 2]) },
  ]);
  expect(world.sim.elapsedMs - begun).toBeLessThan(200);
  expect([...answers.acks].sort()).toEqual(['a', 'b', 'c']);
  await expect(answers.result).resolves.toMatchObject({ asked: 3, answered: 3, why: 'complete' });
});

test('by tag and by name; nothing at all; nobody', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await trio(world);
  b.answer('x', () => undefined);
  const answer = { from: 'b', value: undefined };
  expect(await all(world, a.query('x', 1, { where: { tags: { role: 'worker' } } }))).toEqual([
    answer,
  ]);
  expect(await all(world, a.query('x', undefined, { names: ['b', 'nobody'] }))).toEqual([answer]);
  const none = a.query('x', 1, { names: ['nobody'] });
  expect(await all(world, none)).toEqual([]);
  await expect(none.result).resolves.toMatchObject({ asked: 0, why: 'complete' });
});

test('no handler, one that throws, one that says too much: said to the asker', async () => {
  const world = new SimulatedWorld();
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, warn: (text: string) => warnings.push(text), error() {} };
  const a = world.cluster('a', { logger });
  const b = world.cluster('b', { seeds: ['10.9.0.1:7946'] });
  for (const one of [a, b]) await world.until(one.join());
  await world.run(1000);
  a.answer('x', async () => Promise.reject(new Error('not today')));
  b.answer('x', () => 'x'.repeat(2000));
  const answers = a.query('x');
  expect(await all(world, answers)).toEqual([
    { from: 'a', error: { why: 'failed', text: 'not today' } },
    {
      from: 'b',
      error: { why: 'too-large', text: expect.stringContaining('2002 bytes') as unknown },
    },
  ]);
  expect(warnings.join()).toContain('the handler of the query "x" threw: Error: not today');
  const refused = { failed: 1, 'no-handler': 0, busy: 0, 'too-large': 1 };
  await expect(answers.result).resolves.toMatchObject({ answered: 0, refused });
  const unknown = a.query('unknown');
  expect(await all(world, unknown)).toEqual([]);
  await expect(unknown.result).resolves.toMatchObject({ refused: { 'no-handler': 2 } });
});

test('a second handler of a name is an error, until the first is taken off', async () => {
  const world = new SimulatedWorld();
  const a = world.cluster('a');
  const off = a.answer('x', () => 1);
  expect(() => a.answer('x', () => 2)).toThrow(expect.objectContaining({ code: 'HANDLER_TAKEN' }));
  off();
  const again = a.answer('x', () => 3);
  off(); // Twice does no harm to others.
  await world.until(a.join());
  expect(await all(world, a.query('x'))).toEqual([{ from: 'a', value: 3 }]);
  again();
  const isRefused = expect.objectContaining({ code: 'BAD_OPTION' }) as Error;
  expect(() => a.answer('', () => 1)).toThrow(isRefused);
  expect(() => a.answer(undefined as never, () => 1)).toThrow(isRefused);
  expect(() => a.answer('y', undefined as never)).toThrow(isRefused);
  expect(() => a.answer('hearsay:x', () => 1)).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION' }),
  );
});

test('a limit, a deadline, an abort and a reader that stops each end it', async () => {
  const world = new SimulatedWorld();
  const { a, b, c } = await trio(world);
  for (const one of [a, b]) one.answer('x', () => one.name);
  c.answer('x', async () => new Promise(() => {}));
  const few = a.query('x', undefined, { limit: 1 });
  expect(await all(world, few)).toHaveLength(1);
  await expect(few.result).resolves.toMatchObject({ answered: 1, why: 'enough' });
  const late = a.query('x', undefined, { timeoutMs: 500 });
  expect(await all(world, late)).toHaveLength(2);
  await expect(late.result).resolves.toMatchObject({ acknowledged: 3, why: 'deadline' });
  const abort = new AbortController();
  const aborted = a.query('x', undefined, { signal: abort.signal });
  await world.run(100);
  abort.abort();
  expect(await all(world, aborted)).toHaveLength(2);
  await expect(aborted.result).resolves.toMatchObject({ why: 'cancelled' });
  const before = a.query('x', undefined, { signal: AbortSignal.abort() });
  await expect(world.until(before.result)).resolves.toMatchObject({ why: 'cancelled' });
  const stopped = a.query('x');
  await world.until(stopped.return());
  await expect(stopped.result).resolves.toMatchObject({ why: 'cancelled' });
  expect(a.load.parts).toMatchObject({ 'queries of its own': 0 });
});

test('a query ends with the node', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await trio(world);
  b.answer('x', async () => new Promise(() => {}));
  const answers = a.query('x', undefined, { names: ['b'] });
  await world.run(100);
  const reading = all(world, answers);
  await world.until(a.leave());
  expect(await reading).toEqual([]);
  await expect(answers.result).resolves.toMatchObject({ asked: 1, acknowledged: 1, why: 'closed' });
  expect(() => a.query('x')).toThrow(expect.objectContaining({ code: 'NOT_RUNNING' }));
});

test('handlers stay for later lives; misuse is an error at the call', async () => {
  const world = new SimulatedWorld();
  const { a, b } = await trio(world);
  b.answer('x', () => 7);
  await world.until(b.leave());
  await world.until(b.join());
  await world.run(2000);
  expect(await all(world, a.query('x', 1, { names: ['b'] }))).toEqual([{ from: 'b', value: 7 }]);
  for (const payload of ['x'.repeat(1100), new Uint8Array(1100)]) {
    expect(() => a.query('x', payload)).toThrow(
      expect.objectContaining({ code: 'QUERY_TOO_LARGE' }),
    );
  }
  for (const payload of [() => 1, 1n]) {
    expect(() => a.query('x', payload)).toThrow(
      expect.objectContaining({ code: 'VALUE_UNUSABLE' }),
    );
  }
  expect(() => a.query('x', 1, { timeoutMs: 0 })).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION' }),
  );
});
