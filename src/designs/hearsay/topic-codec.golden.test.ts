/** The messages of topics, byte for byte: these never change. */
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../../wire/index.ts';
import { makePublication, named, skipped, type Publication } from './publication.ts';
import { topicCodec } from './topic-codec.ts';
import type { LinkStep, TopicFlow, TopicMessage } from './topic-messages.ts';

const ID = '0123456789abcdef';
const origin = { nodeId: ID, name: 'a' };

function event(more: Partial<Omit<Publication, 'bytes'>> = {}): Publication {
  const plain = { seq: 7, form: 'whole', topic: 't', key: '', format: 'json' } as const;
  return makePublication({ ...plain, body: Uint8Array.of(0x31), trace: undefined, ...more });
}

const quiet: TopicFlow = {
  type: 'topic-flow',
  number: 0,
  ack: undefined,
  pressure: 0,
  notes: [],
  runs: [],
};
const busy: TopicFlow = {
  type: 'topic-flow',
  number: 300,
  ack: { last: 299, missing: 5, heldMs: 40 },
  pressure: 128,
  notes: [
    { type: 'prune', nodeId: ID },
    { type: 'graft', nodeId: ID },
    { type: 'have', nodeId: ID, first: 1, last: 9 },
  ],
  runs: [{ origin, events: [event(), event({ seq: 8 }), skipped(9), named(10)] }],
};
const trace = [
  { by: ID, heldMs: 3, path: 'fetch' },
  { by: ID, heldMs: 0, path: 'replay' },
] as const;

test.each<[TopicMessage, number, string]>([
  ...(['ask', 'urge', 'grant', 'refuse', 'end'] as const).map(
    (step: LinkStep, number): [TopicMessage, number, string] => [
      { type: 'topic-link', step, degree: 255 },
      17,
      `0${number} ff`,
    ],
  ),
  [quiet, 18, '00 00 00 00 00'],
  [
    busy,
    18,
    `ac02 ab020528 80 03 00${ID} 01${ID} 02${ID}0109 ` +
      `01 ${ID} 0161 04 04070174 0131 0c01 0131 0101 0201`,
  ],
  [
    { ...quiet, runs: [{ origin, events: [event({ format: 'bytes', key: 'k', trace })] }] },
    18,
    `00 00 00 00 01 ${ID} 0161 01 3007 0174 016b 02 ${ID}0200000003 ${ID}0300000000 0131`,
  ],
  [
    {
      type: 'topic-page',
      spans: [{ nodeId: ID, first: 2, last: 1 }],
      runs: [{ origin, events: [event({ seq: 2 ** 40 })] }],
    },
    19,
    `01 ${ID}0200 01 ${ID} 0161 01 04808080808020 0174 0131`,
  ],
  [
    { type: 'topic-digest', purpose: 'greeting', checksum: 0xdeadbeef, spans: [] },
    20,
    '00 deadbeef 00',
  ],
  [
    {
      type: 'topic-digest',
      purpose: 'question',
      checksum: 1,
      spans: [{ nodeId: ID, first: 1, last: 300 }],
    },
    20,
    `01 00000001 01 ${ID}01ac02`,
  ],
  [{ type: 'topic-digest', purpose: 'answer', checksum: 0, spans: [] }, 20, '02 00000000 00'],
  [{ type: 'topic-want', ranges: [{ nodeId: ID, from: 5, to: 9 }] }, 21, `01 ${ID}0504`],
  [{ type: 'topic-doubt', nonce: 0xdeadbeef }, 22, 'deadbeef'],
  [{ type: 'topic-word', nonce: 0xdeadbeef, first: 2, last: 301 }, 23, 'deadbeef 02 ac02'],
  [{ type: 'topic-word', nonce: 1, first: 1, last: 0 }, 23, '00000001 01 00'],
  [
    { ...quiet, runs: [{ origin, events: [skipped(2, 301), event({ seq: 302 })] }] },
    18,
    `00 00 00 00 01 ${ID} 0161 02 0302ab02 04010174 0131`,
  ],
])('version 1, message %#: $type', (message, number, hex) => {
  const to = new ByteWriter();
  topicCodec.write(message, to);
  expect(topicCodec.numbers[message.type]).toBe(number);
  expect(Buffer.from(to.view()).toString('hex')).toBe(hex.replaceAll(' ', ''));
  const from = new ByteReader(to.copy());
  expect(topicCodec.read(message.type, from)).toEqual(message);
  expect([from.ok, from.left]).toEqual([true, 0]);
});
