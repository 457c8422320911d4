/** What a node holds, as checkers read it. */
import { isInline, type Entry, type Value } from '../../../blocks/data/index.ts';
import type { HeldEntry, NodeId } from '../../../core/index.ts';

export function heldEntry(entry: Entry, ownLife: NodeId): HeldEntry {
  const { key, value } = entry;
  const content = value === undefined ? undefined : contentOf(value);
  if (entry.type === 'map') {
    const { by, count, wallMs } = entry.stamp;
    const rank = `${digits(wallMs, 12)} ${digits(count, 4)} ${by}`;
    return { owner: undefined, isOwn: false, key, rank, content };
  }
  const { owner, version } = entry;
  return { owner, isOwn: owner === ownLife, key, rank: digits(version, 12), content };
}

/** Checkers ask again and again, and values never change. */
function contentOf(value: Value): string {
  let text = TEXTS.get(value);
  if (text === undefined) {
    text = isInline(value)
      ? `${value.kind} ${[...value.bytes].map((byte) => digits(byte, 2)).join('')}`
      : `${value.kind}, ${value.length} bytes of ${value.hash}`;
    TEXTS.set(value, text);
  }
  return text;
}

const TEXTS = new WeakMap<Value, string>();

function digits(value: number, count: number): string {
  return value.toString(16).padStart(count, '0');
}
