import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANYONE, InvariantError } from '../core/index.ts';
import { nodeId, readNodeId, writeNodeId } from './node-id.ts';
import { ByteReader } from './reader.ts';
import { ByteWriter } from './writer.ts';

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('64 bits are 16 digits and 8 bytes', () => {
  fc.assert(
    fc.property(word, word, (high, low) => {
      const id = nodeId(high, low);
      expect(id).toBe(((BigInt(high) << 32n) | BigInt(low)).toString(16).padStart(16, '0'));
      const to = new ByteWriter();
      writeNodeId(to, id);
      expect(to.length).toBe(8);
      expect(readNodeId(new ByteReader(to.view()))).toBe(id);
    }),
  );
});

test('zero is ANYONE', () => {
  expect(nodeId(0, 0)).toBe(ANYONE);
});

test('anything but 16 lowercase digits is a bug', () => {
  for (const id of ['', '00000000000000000', 'ABCDEF0000000000', '000000000000000g']) {
    expect(() => writeNodeId(new ByteWriter(), id)).toThrow(InvariantError);
  }
});
