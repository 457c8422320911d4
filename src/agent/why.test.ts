import { expect, test } from 'vitest';
import type { Member } from '../api/index.ts';
import type { Met, ProbePath } from '../designs/hearsay/index.ts';
import type { HistoryEntry } from './history.ts';
import { why } from './why.ts';

const member = { name: 'x', address: '10.0.0.9:1' } as Member;
const all = (met: Met, ...names: string[]) => names.map((by) => ({ by, met }));
const joined = { at: 0, life: '1', type: 'joined', address: '10.0.0.2:1' } as const;

const path: ProbePath = {
  tookMs: 1000.4,
  stream: 'silence',
  helpers: [
    { name: 'b', met: 'silence', tookMs: 401 },
    { name: 'c', met: 'silence', tookMs: 402 },
    { name: 'd', met: undefined, tookMs: undefined },
  ],
  rttMs: 0.4123,
  health: 0,
};

function suspected(more: Partial<Extract<HistoryEntry, { type: 'suspected' }>> = {}): HistoryEntry {
  return {
    at: 1000,
    life: '1',
    type: 'suspected',
    accuser: 'me',
    accusers: all('silence', 'me', 'b', 'c'),
    path,
    again: false,
    suspects: 1,
    members: 10,
    health: 0,
    ...more,
  };
}

function refuted(afterMs: number): HistoryEntry {
  return { at: 1000 + afterMs, life: '1', type: 'refuted', afterMs };
}

function failed(own = true): HistoryEntry {
  const accusers = all('silence', 'me', 'b', 'c');
  return { at: 5000, life: '1', type: 'failed', accusers, own, afterMs: 4000 };
}

const tell = (...history: HistoryEntry[]) => why(member, [joined, ...history], 10_000);

test('silence on every path while helpers answer: the member or its network', () => {
  expect(tell(suspected(), failed())).toEqual([
    'At 1970-01-01T00:00:01.000Z x was suspected by me, b and c; 4.0 s later it was declared dead.',
    '3 of 3 accusers met silence.',
    "This node's ping had no answer for 1000 ms (it usually takes 0.41 ms); a stream beside it " +
      'met silence too; of its helpers b and c answered and met silence, d said nothing.',
    'No answer by packet or by stream, while b and c answered: x hangs, or its machine or its ' +
      'network is down.',
  ]);
});

test('helpers silent too: look here first', () => {
  const helpers = [{ name: 'b', met: undefined, tookMs: undefined }];
  const told = tell(suspected({ path: { ...path, helpers, health: 5 }, health: 5 }));
  expect(told[0]).toMatch(/, and still is\.$/);
  expect(told.join('\n')).toContain('No helper answered either: this node itself may be cut off');
  expect(told.join('\n')).toContain("This node's own health score was 5 of 8 then");
});

test('it answered, and no helper had: rather this node', () => {
  const helpers = [{ name: 'b', met: undefined, tookMs: undefined }];
  const told = tell(suspected({ path: { ...path, helpers } }), refuted(4200)).join('\n');
  expect(told).toContain('no helper had answered this node either');
  const nobody = { ...path, helpers: [] };
  expect(tell(suspected({ path: nobody, health: 6 }), refuted(9)).join('\n')).toContain('first.');
  expect(tell(suspected({ path: nobody }), refuted(9)).join('\n')).not.toContain('first.');
});

test('it answered: starved or paused for so long', () => {
  const told = tell(suspected(), refuted(4200)).join('\n');
  expect(told).toContain('4.2 s later it answered that it lives.');
  expect(told).toContain('for 4.2 s it was starved or paused, or packets to it were lost');
  expect(told).not.toContain('hangs');
});

test('refused, and it lives: the port; refused and dead: nobody listens', () => {
  const accusers = all('refused', 'me', 'b');
  const alive = tell(suspected({ accusers }), refuted(300)).join('\n');
  expect(alive).toContain('TCP to 10.0.0.2:1 is refused: open or publish that port');
  const dead = tell(suspected({ accusers }), { ...failed(), accusers } as HistoryEntry).join('\n');
  expect(dead).toContain('2 of 2 accusers met a refusal');
  expect(dead).toContain('Refused: nobody listens at 10.0.0.2:1.');
});

test('back as a new life: its process had ended; in the same one: it was cut off', () => {
  const before = { status: 'dead', life: '1' };
  const back = { at: 8000, type: 'rejoined', address: '10.0.0.2:1', before } as const;
  const restarted = tell(suspected(), failed(), { ...back, life: '2', why: 'restarted' });
  expect(restarted[0]).toMatch(/dead; 3\.0 s after that it was back as a new life\.$/);
  expect(restarted.join('\n')).toContain('look at why it ended');
  const returned = tell(suspected(), failed(false), { ...back, life: '1', why: 'returned' });
  expect(returned.join('\n')).toContain('heard to be dead');
  expect(returned.join('\n')).toContain('for 7.0 s it was paused, or cut off from here');
});

test('many at once, one accuser, again and again: each is said', () => {
  expect(tell(suspected({ suspects: 4 })).join('\n')).toContain(
    '3 of 10 other members were suspected here at the same time',
  );
  const accusers = all('silence', 'me');
  const often = tell(
    suspected({ accusers }),
    refuted(100),
    suspected({ at: 3000, accusers }),
    { ...refuted(100), at: 3100 },
    suspected({ at: 6000, accusers, again: true }),
  ).join('\n');
  expect(often).toContain('Nobody but me accused it');
  expect(often).toContain('x was suspected 2 times in the last hour, first by me each time.');
});

test('never suspected; and what others said of this node itself', () => {
  expect(tell()).toEqual(['x was never suspected here since 1970-01-01T00:00:00.000Z.']);
  const accused = { at: 2000, life: '1', type: 'accused', status: 'suspect', health: 3 } as const;
  const slow = tell({ ...accused, accusers: all('silence', 'b', 'c') }).join('\n');
  expect(slow).toContain('heard that b and c said it was suspect');
  expect(slow).toContain('Its own health score was 3 of 8.');
  expect(slow).toContain('paused or starved');
  const shut = tell({ ...accused, accusers: all('refused', 'b') }, { ...accused, accusers: [] });
  expect(shut.join('\n')).toContain('2 times in the last hour');
});
