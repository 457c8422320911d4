/** The messages of queries, byte for byte: these never change. */
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../wire/index.ts';
import { queryCodec } from './query-codec.ts';
import type { Query, QueryMessage } from './query-messages.ts';
import { NO_RANGE } from './query-messages.ts';

const ID = '0123456789abcdef';
const query: Query = {
  type: 'query',
  id: ID,
  asker: 'a',
  name: 'uptime',
  payload: new Uint8Array([1, 2, 3]),
  where: {},
  ...NO_RANGE,
  leftMs: 5000,
  spreadMs: 300,
  acknowledge: false,
};
const wide: Query = {
  ...query,
  where: { role: 'worker' },
  first: '1111111111111111',
  last: 'eeeeeeeeeeeeeeee',
  acknowledge: true,
};

test.each<[QueryMessage, number, string]>([
  [query, 25, `${ID} 00 0161 06757074696d65 03010203 8827 ac02`],
  [
    wide,
    25,
    `${ID} 07 0161 06757074696d65 03010203 8827 ac02 01 04726f6c65 06776f726b6572 ` +
      '1111111111111111 eeeeeeeeeeeeeeee',
  ],
  [{ type: 'query-receipt', id: ID, of: 'query' }, 26, `${ID} 00`],
  [{ type: 'query-receipt', id: ID, of: 'acknowledgement' }, 26, `${ID} 01`],
  [{ type: 'query-receipt', id: ID, of: 'answer' }, 26, `${ID} 02`],
  ...(['acknowledged', 'answered', 'failed', 'no-handler', 'busy', 'too-large'] as const).map(
    (verdict, number): [QueryMessage, number, string] => [
      { type: 'query-answer', id: ID, verdict, value: new Uint8Array([255]) },
      27,
      `${ID} 0${number} 01ff`,
    ],
  ),
])('version 1, message %#: $type', (message, number, hex) => {
  const to = new ByteWriter();
  queryCodec.write(message, to);
  expect(queryCodec.numbers[message.type]).toBe(number);
  expect(Buffer.from(to.view()).toString('hex')).toBe(hex.replaceAll(' ', ''));
  const from = new ByteReader(to.copy());
  expect(queryCodec.read(message.type, from)).toEqual(message);
  expect([from.ok, from.left]).toEqual([true, 0]);
});
