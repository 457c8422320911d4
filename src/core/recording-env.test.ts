import { expect, test } from 'vitest';
import { RecordingEnv } from './recording-env.ts';

function record(): RecordingEnv<string, number> {
  const env = new RecordingEnv<string, number>(7);
  env.send(1, 'hello');
  env.sendReliably(2, 'page', 5, 'bulk');
  env.sendReliably(2, 'probe', 6);
  env.after(10, 3, 4);
  env.after(20, 3);
  env.keep(8);
  env.forget(8);
  env.save(Uint8Array.of(1), true);
  env.save(Uint8Array.of(2));
  env.emit(42);
  env.stop('done');
  return env;
}

test('each effect is a value, in the order of the calls', () => {
  expect(record().take()).toEqual([
    { type: 'send', to: 1, message: 'hello' },
    { type: 'sendReliably', to: 2, message: 'page', token: 5, lane: 'bulk' },
    { type: 'sendReliably', to: 2, message: 'probe', token: 6, lane: 'control' },
    { type: 'after', delayMs: 10, timer: 3, arg: 4 },
    { type: 'after', delayMs: 20, timer: 3, arg: 0 },
    { type: 'keep', peer: 8 },
    { type: 'forget', peer: 8 },
    { type: 'save', record: Uint8Array.of(1), durable: true },
    { type: 'save', record: Uint8Array.of(2), durable: false },
    { type: 'emit', event: 42 },
    { type: 'stop', reason: 'done' },
  ]);
});

test('take removes, of looks', () => {
  const env = record();
  expect(env.of('after')).toHaveLength(2);
  expect(env.of('after')).toHaveLength(2);
  expect(env.take()).toHaveLength(11);
  expect(env.of('after')).toEqual([]);
  expect(env.take()).toEqual([]);
});

test('both clocks move together, and only when told', () => {
  const env = record();
  const { now, wallMs } = env;
  env.advance(250);
  expect([env.now - now, env.wallMs - wallMs]).toEqual([250, 250]);
});

test('keep answers what the test says', () => {
  const env = record();
  expect(env.keep(1)).toBe(true);
  env.keeps = false;
  expect(env.keep(1)).toBe(false);
});

test('draws belong to the peer and the seed', () => {
  const draw = (peer: number, seed: number): number => new RecordingEnv(peer, seed).random.u32();
  expect(draw(1, 1)).toBe(draw(1, 1));
  expect(new Set([draw(1, 1), draw(2, 1), draw(1, 2)]).size).toBe(3);
});
