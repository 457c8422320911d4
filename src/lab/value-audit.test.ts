import { expect, test } from 'vitest';
import { contentOf, type Content, type Entry, type HeldValue } from '../blocks/data/index.ts';
import { pureCrypto, type Observed, type ObservedNode } from '../sim/index.ts';
import { largeBytes } from './large-bytes.ts';
import { ValueAudit } from './value-audit.ts';

const SECOND_MS = 1000;
const LOOK_MS = 5 * SECOND_MS;
const content = contentOf(largeBytes(70_000, 1), pureCrypto);
const other = contentOf(largeBytes(70_000, 2), pureCrypto);

function entryOf({ reference }: Content, owner = 'a'): Entry {
  const value = { kind: 'bytes', ...reference } as const;
  return { type: 'state', owner, key: 'k', version: 1, value, ageMs: 0 };
}

function shownOf(of: Content): HeldValue {
  return { kind: 'bytes', ...of.reference, content: of };
}

/** What each node shows of each entry. */
type Look = Readonly<Record<string, readonly (readonly [Entry, HeldValue | undefined])[]>>;

/** What it complains of, when each of these was so for some time. */
function complaints(
  looks: readonly { readonly atMs: number; readonly look: Look }[],
  bytes = 0,
): string[] {
  let now: Look = {};
  const audit = new ValueAudit((name) => ({ life: name, large: now[name] ?? [] }));
  const told: string[] = [];
  for (const { atMs, look } of looks) {
    now = look;
    const nodes = Object.keys(look).map((name) => nodeOf(name, bytes));
    const run: Observed = { elapsedMs: atMs, quietSinceMs: 0, nodes, ownerOf: () => undefined };
    audit.observe(run, (name, text) => told.push(`${name}: ${text}`));
  }
  return told;
}

function nodeOf(name: string, bytes: number): ObservedNode {
  return {
    name,
    member: name,
    cluster: 'test',
    self: 1,
    isUp: true,
    stopReason: undefined,
    healthySinceMs: 0,
    downSinceMs: undefined,
    members: () => [{ name, peer: 1, start: 1, counter: 0, status: 'alive' }],
    holdings: () => [{ what: 'bytes of large values', count: bytes, countMax: 100_000 }],
    heldData: () => [],
    timers: () => 0,
    forgettings: 0,
    checksum: () => 0,
  };
}

/** At once, and when all was quiet for long. */
const longAfter = (look: Look) => [
  { atMs: SECOND_MS, look },
  { atMs: 200 * SECOND_MS, look },
];

test('all is well where all have the value, and hold nothing else', () => {
  const entry = entryOf(content);
  const look = { a: [[entry, shownOf(content)]], b: [[entry, shownOf(content)]] } as const;
  expect(complaints(longAfter(look), 70_000)).toEqual([]);
});

test('what has not come though somebody has it and there is room is complained of, late', () => {
  const entry = entryOf(content);
  const look = { a: [[entry, shownOf(content)]], b: [[entry, undefined]] } as const;
  expect(complaints(longAfter(look).slice(0, 1))).toEqual([]);
  expect(complaints(longAfter(look))).toEqual(['b: a k has not come, though a has its value']);
  expect(complaints(longAfter(look), 70_000)).toEqual([]);
  const nobody = { b: [[entry, undefined]] } as const;
  expect(complaints(longAfter(nobody))).toEqual([]);
});

test('bytes that are not those of the hash are complained of at once', () => {
  const shown = { ...shownOf(content), content: { ...content, chunks: other.chunks } };
  const look = { b: [[entryOf(content), shown]] } as const;
  expect(complaints([{ atMs: SECOND_MS, look }])).toEqual([
    'b: a k is shown as other bytes than were written',
  ]);
});

test('who had a value, or the one before it, does not lose it', () => {
  const entry = entryOf(content);
  const lost = { b: [[entry, undefined]] } as const;
  for (const before of [content, other]) {
    const had = { b: [[entry, shownOf(before)]] } as const;
    const looks = [had, lost].map((look, i) => ({ atMs: LOOK_MS * (i + 1), look }));
    expect(complaints(looks)).toEqual(['b: a k has lost the value that it had']);
  }
  const came = [shownOf(other), shownOf(content)].map((shown, i) => {
    return { atMs: LOOK_MS * (i + 1), look: { b: [[entry, shown]] } as const };
  });
  expect(complaints(came)).toEqual([]);
});

test('who writes a value has it', () => {
  const look = { a: [[entryOf(content), undefined]] } as const;
  const told = 'a: a k is its own, and it does not have its value';
  expect(complaints([{ atMs: SECOND_MS, look }])).toEqual([]); // Its log may have lost it.
  expect(complaints(longAfter(look))).toEqual([told]);
});

test('what no entry names is kept for a while, and not for ever', () => {
  const look = { a: [] };
  expect(complaints(longAfter(look).slice(0, 1), 70_000)).toEqual([]);
  expect(complaints(longAfter(look), 70_000)).toEqual([
    'a: it keeps 70000 bytes of values and names 0',
  ]);
});
