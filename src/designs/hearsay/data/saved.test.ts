import { expect, test } from 'vitest';
import { OneNode } from '../../../../test/one-node.ts';
import { bytesOf, contentOf, type Content, type HeldValue } from '../../../blocks/data/index.ts';
import { isContent, type LogRecord } from '../../../core/index.ts';
import { Simulation } from '../../../sim/index.ts';
import { pureCrypto } from '../../../sim/sha256.ts';
import { ByteWriter } from '../../../wire/index.ts';
import { writeHash } from '../hash-codec.ts';
import { hearsay, hearsayConfig } from '../index.ts';

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

test('without its value a key waits for others; of own state it is gone when nobody has it', () => {
  const { records } = saved();
  const world = restarted(records.filter((record) => !isContent(record)));
  const { data } = world.node;
  expect([data.get('self', 'k'), data.mapGet('m')]).toEqual([undefined, undefined]);
  expect(data.pending('self', 'k')).toMatchObject({ length: 130_000 });
  expect(data.mapPending('m')).toMatchObject({ length: 130_000 });
  world.run(3 * 60_000);
  expect(data.pending('self', 'k')).toBeUndefined();
  expect([...data.all()].map(({ key, value }) => [key, value === undefined])).toEqual([
    ['k', true],
    ['m', false],
  ]);
});

test('a value of own state that its disk has lost comes back from whoever has it', () => {
  const forgetful: typeof hearsay = {
    ...hearsay,
    create: (config, shared, records) =>
      hearsay.create(
        config,
        shared,
        [...(records ?? [])].filter((record) => !isContent(record)),
      ),
  };
  const simulation = new Simulation({
    design: forgetful,
    seed: 1,
    network: { latency: { type: 'constant', ms: 5 } },
  });
  for (const name of ['a', 'b', 'c']) {
    simulation.add(name, hearsayConfig({ name, seeds: ['10.0.0.1:7946'] }));
  }
  simulation.run(3000);
  const b = simulation.host('b');
  b.call(({ data }, env) => data.set(env, 'k', { kind: 'bytes', bytes: BYTES }));
  simulation.run(5000);
  simulation.apply({ type: 'crash', node: 'b' });
  simulation.run(1000);
  simulation.apply({ type: 'restart', node: 'b' });
  simulation.run(20_000);
  for (const { protocol } of simulation.hosts) {
    expect(isSame(protocol.data.get('b', 'k'))).toBe(true);
  }
});
