import { expect, test } from 'vitest';
import type { HearsayEvent } from '../designs/hearsay/index.ts';
import { EventTranslator } from './event-translator.ts';

const member = {
  name: 'c',
  address: '10.0.0.3:7946',
  nodeId: '1',
  peer: 7,
  status: 'suspect',
  tags: {},
  streams: 'yes',
  start: 1,
  counter: 0,
} as const;

function suspected(accusers: readonly string[], again: boolean, own = false): HearsayEvent {
  return {
    type: 'member-suspected',
    member,
    accusers: accusers.map((by) => ({ by, met: 'silence' as const })),
    path: own ? { tookMs: 500, stream: 'silence', helpers: [], rttMs: 1, health: 0 } : undefined,
    again,
  };
}

test('the accuser is who accuses now', () => {
  const translator = new EventTranslator('m');
  const accuser = (event: HearsayEvent) => {
    const told = translator.translate(event);
    return told?.type === 'member-suspected' ? told.accuser : undefined;
  };
  expect(accuser(suspected(['z'], false))).toBe('z');
  expect(accuser(suspected(['a', 'z'], true))).toBe('a');
  expect(accuser(suspected(['a', 'k', 'z'], true))).toBe('k');
  // Its own suspicion, which helpers have seconded: names are in order, whoever began.
  expect(accuser(suspected(['a', 'm'], false, true))).toBe('m');
  translator.translate({ type: 'member-refuted', member, before: member, afterMs: 20 });
  expect(accuser(suspected(['a'], false))).toBe('a');
});

test('back is either a new life or the old one after all', () => {
  const translator = new EventTranslator('m');
  const before = { ...member, status: 'dead' } as const;
  const alive = { ...member, status: 'alive' } as const;
  const same = translator.translate({ type: 'member-rejoined', member: alive, before });
  expect(same).toMatchObject({ why: 'returned', member: { status: 'alive' } });
  const reborn = { ...alive, nodeId: '2' };
  const other = translator.translate({ type: 'member-rejoined', member: reborn, before });
  expect(other).toMatchObject({ why: 'restarted', before: { nodeId: '1' } });
});

test('an update says what has changed', () => {
  const translator = new EventTranslator('m');
  const changed = (change: object) => {
    const event = { type: 'member-updated', member: { ...member, ...change }, before: member };
    const told = translator.translate(event as HearsayEvent);
    return told?.type === 'member-updated' ? told.changed : undefined;
  };
  expect(changed({ address: '10.0.0.4:7946' })).toEqual(['address']);
  expect(changed({ tags: { x: '' }, streams: 'no' })).toEqual(['streams', 'tags']);
});

test('what concerns only the joining and leaving itself is not told', () => {
  const translator = new EventTranslator('m');
  expect(translator.translate({ type: 'departed' })).toBeUndefined();
  expect(translator.translate({ type: 'stopped', reason: 'left' })).toBeUndefined();
  expect(translator.translate({ type: 'isolated' })).toEqual({ type: 'isolated' });
});

test('lives from the future are input that was thrown away', () => {
  const told = new EventTranslator('m').translate({
    type: 'start-refused',
    name: 'c',
    start: 9e12,
    from: '10.0.0.3:7946',
    count: 4,
  });
  const rejected = { type: 'rejected', reason: 'start-in-future', source: '10.0.0.3:7946' };
  expect(told).toEqual({ ...rejected, count: 4 });
});
