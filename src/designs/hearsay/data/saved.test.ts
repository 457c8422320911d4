import { expect, test } from 'vitest';
import { OneNode } from '../../../../test/one-node.ts';
import { bytesOf, contentOf, type Content, type HeldValue } from '../../../blocks/data/index.ts';
import { isContent, type LogRecord } from '../../../core/index.ts';
import { pureCrypto } from '../../../sim/sha256.ts';
import { ByteWriter } from '../../../wire/index.ts';
import { writeHash } from '../hash-codec.ts';

const BYTES = new Uint8Array(130_000).map((_, i) => (i * 31 + (i >> 8)) & 255);

/** As logs had large values before they were kept in files: a record for each chunk. */
function chunkRecords({ chunks, reference }: Content): Uint8Array[] {
  return chunks.map((chunk, index) => {
    const to = new ByteWriter(64 * 1024);
    to.u8(19);
    writeHash(reference.hash, to);
    to.varint(reference.length);
    to.varint(index);
    to.bytes(chunk);
    return to.copy();
  });
}

function saved(): { readonly node: OneNode; readonly records: readonly LogRecord[] } {
  const node = new OneNode().start();
  node.command(({ data }, env) => {
    data.set(env, 'k', { kind: 'bytes', bytes: BYTES });
    data.mapSet(env, 'm', { kind: 'bytes', bytes: BYTES });
  });
  return { node, records: node.saved };
}

function isSame(value: HeldValue | undefined): boolean {
  return value !== undefined && Buffer.compare(bytesOf(value), BYTES) === 0;
}

function restarted(records: readonly LogRecord[]): OneNode {
  return new OneNode({}, { saved: records, nodeId: '00000000000000bb' }).start();
}

test('a large value is saved whole, with each record that names it, and comes back', () => {
  const { node, records } = saved();
  expect(records.filter(isContent)).toHaveLength(2);
  expect([...node.node.snapshot()].filter(isContent)).toHaveLength(2);
  for (const from of [records, [...node.node.snapshot()]]) {
    const { data } = restarted(from).node;
    expect(isSame(data.get('self', 'k'))).toBe(true);
    expect(isSame(data.mapGet('m'))).toBe(true);
  }
});

test('a log that has values in chunks is read, and what follows it has them whole', () => {
  const { records } = saved();
  const content = contentOf(BYTES, pureCrypto);
  const before = records.flatMap((one) => (isContent(one) ? chunkRecords(content) : one));
  const { node } = restarted(before);
  expect(isSame(node.data.get('self', 'k'))).toBe(true);
  const after = [...node.snapshot()];
  expect(after.filter(isContent)).toHaveLength(2);
  expect(after.every((record) => isContent(record) || record[0] !== 19)).toBe(true);
});

test('without its value a key of own state is gone, one of the map waits for it', () => {
  const { records } = saved();
  const { data } = restarted(records.filter((record) => !isContent(record))).node;
  expect(data.get('self', 'k')).toBeUndefined();
  expect(data.mapGet('m')).toBeUndefined();
  expect(data.mapPending('m')).toMatchObject({ length: 130_000 });
});
