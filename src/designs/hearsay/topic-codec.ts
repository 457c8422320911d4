/**
 * Messages about events as bytes. NodeIds are 8 B; numbers of events, counts and lengths varints.
 *
 * | part   | bytes                                                                          |
 * | ------ | ------------------------------------------------------------------------------ |
 * | ack    | last, missing (bits, varint), held 1; a packet without one has last 0 alone;   |
 * |        | then the pressure 1                                                            |
 * | run    | nodeId, name, count, then events: flags 1, number (the first whole, then what is |
 * |        | added), topic unless it is that of the event before, key, hops, body;           |
 * |        | of many numbers without one: flags, number, how many more                       |
 * | note   | kind 1, nodeId, of `have` also first and last − first + 1                       |
 * | span   | nodeId, first, last − first + 1                                                |
 */
import { NAME_BYTES_MAX } from '../../blocks/membership/index.ts';
import { VOID_MAX, type FlowAck } from '../../blocks/overlay/index.ts';
import { ANYONE, NODE_ID_BYTES, type Reader, type Writer } from '../../core/index.ts';
import { choose, readNodeId, textBytes, varintBytes, writeNodeId } from '../../wire/index.ts';
import type { PartCodec } from './part.ts';
import type {
  LinkStep,
  Note,
  Run,
  Span,
  TopicDigest,
  TopicMessage,
  Wanted,
} from './topic-messages.ts';
import {
  HOPS_MAX,
  KEY_BYTES_MAX,
  makePublication,
  named,
  skipped,
  TOPIC_BYTES_MAX,
  type Hop,
  type Path,
  type Publication,
} from './publication.ts';

export const topicCodec: PartCodec<TopicMessage> = {
  numbers: {
    'topic-link': 17,
    'topic-flow': 18,
    'topic-page': 19,
    'topic-digest': 20,
    'topic-want': 21,
    'topic-doubt': 22,
    'topic-word': 23,
  },
  sizeOf,
  write,
  read,
};

/** A flow packet without notes and runs. */
export const FLOW_BYTES = 1 + 8 + (8 + 5 + 1) + 1 + 2 + 2;
/** A page or digest without what it lists. */
export const LIST_BYTES = 1 + 1 + 4 + 2 + 2;
export const NOTE_BYTES = 1 + NODE_ID_BYTES + 8 + 8;
export const SPAN_BYTES = NODE_ID_BYTES + 8 + 8;

/** A run without its events. */
export function runBytes(run: Pick<Run, 'origin'>): number {
  const nameBytes = textBytes(run.origin.name);
  return NODE_ID_BYTES + varintBytes(nameBytes) + nameBytes + 2;
}

function sizeOf(message: TopicMessage): number {
  switch (message.type) {
    case 'topic-link':
      return 3;
    case 'topic-flow':
      return FLOW_BYTES + message.notes.length * NOTE_BYTES + runsBytes(message.runs);
    case 'topic-page':
      return LIST_BYTES + message.spans.length * SPAN_BYTES + runsBytes(message.runs);
    case 'topic-digest':
      return LIST_BYTES + message.spans.length * SPAN_BYTES;
    case 'topic-want':
      return 1 + 2 + message.ranges.length * SPAN_BYTES;
    case 'topic-doubt':
      return 1 + 4;
    case 'topic-word':
      return 1 + 4 + 8 + 8;
  }
}

function runsBytes(runs: readonly Run[]): number {
  let bytes = 0;
  for (const run of runs) {
    bytes += runBytes(run);
    for (const event of run.events) bytes += event.bytes;
  }
  return bytes;
}

function write(message: TopicMessage, to: Writer): void {
  switch (message.type) {
    case 'topic-link':
      to.u8(STEPS.indexOf(message.step));
      to.u8(Math.min(255, message.degree));
      return;
    case 'topic-flow':
      to.varint(message.number);
      writeAck(message.ack, to);
      to.u8(message.pressure);
      to.varint(message.notes.length);
      for (const note of message.notes) writeNote(note, to);
      writeRuns(message.runs, to);
      return;
    case 'topic-page':
      writeSpans(message.spans, to);
      writeRuns(message.runs, to);
      return;
    case 'topic-digest':
      to.u8(PURPOSES.indexOf(message.purpose));
      to.u32(message.checksum);
      writeSpans(message.spans, to);
      return;
    case 'topic-want':
      to.varint(message.ranges.length);
      for (const { nodeId, from, to: last } of message.ranges) {
        writeNodeId(to, nodeId);
        to.varint(from);
        to.varint(last - from);
      }
      return;
    case 'topic-doubt':
      to.u32(message.nonce);
      return;
    case 'topic-word':
      to.u32(message.nonce);
      writeNumbers(message, to);
  }
}

function writeAck(ack: FlowAck | undefined, to: Writer): void {
  to.varint(ack?.last ?? 0);
  if (ack === undefined) return;
  to.varint(ack.missing);
  to.u8(ack.heldMs);
}

function writeNote(note: Note, to: Writer): void {
  to.u8(NOTES.indexOf(note.type));
  if (note.type === 'have') writeSpan(note, to);
  else writeNodeId(to, note.nodeId);
}

function writeSpans(spans: readonly Span[], to: Writer): void {
  to.varint(spans.length);
  for (const span of spans) writeSpan(span, to);
}

function writeSpan(span: Span, to: Writer): void {
  writeNodeId(to, span.nodeId);
  writeNumbers(span, to);
}

function writeNumbers({ first, last }: Omit<Span, 'nodeId'>, to: Writer): void {
  to.varint(first);
  to.varint(last + 1 - first);
}

function writeRuns(runs: readonly Run[], to: Writer): void {
  to.varint(runs.length);
  for (const { origin, events } of runs) {
    writeNodeId(to, origin.nodeId);
    to.text(origin.name);
    to.varint(events.length);
    let before: Publication | undefined;
    for (const event of events) {
      writeEvent(event, before, to);
      before = event;
    }
  }
}

function writeEvent(event: Publication, before: Publication | undefined, to: Writer): void {
  const { body, form, format, key, seq, topic, trace } = event;
  const isWhole = form === 'whole';
  const isSame = isWhole && before?.topic === topic;
  let flags = event.last > seq ? SKIPPED_MANY : FORMS.indexOf(form);
  if (isWhole && format === 'json') flags += JSON_BIT;
  if (isSame) flags += SAME_TOPIC_BIT;
  if (key !== '') flags += KEY_BIT;
  if (trace !== undefined) flags += TRACE_BIT;
  to.u8(flags);
  to.varint(before === undefined ? seq : seq - before.last);
  if (event.last > seq) to.varint(event.last - seq);
  if (!isWhole) return;
  if (!isSame) to.text(topic);
  if (key !== '') to.text(key);
  if (trace !== undefined) {
    to.u8(trace.length);
    for (const { by, heldMs, path } of trace) {
      writeNodeId(to, by);
      to.u8(PATHS.indexOf(path));
      to.u32(heldMs);
    }
  }
  to.varint(body.length);
  to.bytes(body);
}

function read(type: TopicMessage['type'], from: Reader): TopicMessage | undefined {
  switch (type) {
    case 'topic-link':
      return { type, step: choose(STEPS, from.u8(), from), degree: from.u8() };
    case 'topic-flow': {
      const number = from.varint();
      const ack = readAck(from);
      const pressure = from.u8();
      const notes = readList(from, readNote);
      return { type, number, ack, pressure, notes, runs: readList(from, readRun) };
    }
    case 'topic-page': {
      const spans = readList(from, readSpan);
      return { type, spans, runs: readList(from, readRun) };
    }
    case 'topic-digest': {
      const purpose = choose(PURPOSES, from.u8(), from);
      return { type, purpose, checksum: from.u32(), spans: readList(from, readSpan) };
    }
    case 'topic-want':
      return { type, ranges: readList(from, readWanted) };
    case 'topic-doubt':
      return { type, nonce: from.u32() };
    case 'topic-word':
      return { type, nonce: from.u32(), ...readNumbers(from) };
  }
}

function readAck(from: Reader): FlowAck | undefined {
  const last = from.varint();
  if (last === 0) return undefined;
  const missing = from.varint();
  if (missing > 0xffffffff) from.fail();
  return { last, missing, heldMs: from.u8() };
}

function readList<T>(from: Reader, readOne: (reader: Reader) => T): readonly T[] {
  const count = from.varint();
  if (count === 0) return NONE;
  const list: T[] = [];
  for (let i = 0; i < count && from.ok; i++) list.push(readOne(from));
  return list;
}

function readNote(from: Reader): Note {
  const type = choose(NOTES, from.u8(), from);
  if (type === 'have') return { type, ...readSpan(from) };
  return { type, nodeId: readLife(from) };
}

function readSpan(from: Reader): Span {
  return { nodeId: readLife(from), ...readNumbers(from) };
}

function readNumbers(from: Reader): Omit<Span, 'nodeId'> {
  const first = from.varint();
  const last = first + from.varint() - 1;
  if (first < 1 || last > SEQ_MAX) from.fail();
  return { first, last };
}

function readWanted(from: Reader): Wanted {
  const nodeId = readLife(from);
  const first = from.varint();
  const to = first + from.varint();
  if (first < 1 || to > SEQ_MAX) from.fail();
  return { nodeId, from: first, to };
}

function readRun(from: Reader): Run {
  const nodeId = readLife(from);
  const name = from.text(NAME_BYTES_MAX);
  const count = from.varint();
  const events: Publication[] = [];
  if (name === '' || count === 0) from.fail();
  let before: Publication | undefined;
  for (let i = 0; i < count && from.ok; i++) {
    before = readEvent(from, before);
    events.push(before);
  }
  return { origin: { nodeId, name }, events };
}

function readEvent(from: Reader, before: Publication | undefined): Publication {
  const flags = from.u8();
  const isMany = flags === SKIPPED_MANY;
  const form = isMany ? 'skipped' : choose(FORMS, flags & 3, from);
  const added = from.varint();
  const seq = (before?.last ?? 0) + added;
  if (added < 1 || seq > SEQ_MAX || flags >= TRACE_BIT * 2) from.fail();
  if (isMany) {
    const more = from.varint();
    if (more < 1 || more >= VOID_MAX || seq + more > SEQ_MAX) from.fail();
    return skipped(seq, seq + more);
  }
  if (form !== 'whole') {
    if (flags > 3) from.fail();
    return form === 'skipped' ? skipped(seq) : named(seq);
  }
  const isSame = (flags & SAME_TOPIC_BIT) > 0;
  const topic = isSame ? (before?.topic ?? '') : from.text(TOPIC_BYTES_MAX);
  const key = (flags & KEY_BIT) > 0 ? from.text(KEY_BYTES_MAX) : '';
  if (topic === '' || ((flags & KEY_BIT) > 0 && key === '')) from.fail();
  const trace = (flags & TRACE_BIT) > 0 ? readTrace(from) : undefined;
  const length = from.varint();
  const body = length <= from.left ? from.bytes(length).slice() : NO_BYTES;
  if (body.length !== length) from.fail();
  const format = (flags & JSON_BIT) > 0 ? 'json' : 'bytes';
  return makePublication({ seq, form, topic, key, format, body, trace });
}

function readTrace(from: Reader): readonly Hop[] {
  const count = from.u8();
  if (count > HOPS_MAX) from.fail();
  const hops: Hop[] = [];
  for (let i = 0; i < count && from.ok; i++) {
    hops.push({ by: readLife(from), path: choose(PATHS, from.u8(), from), heldMs: from.u32() });
  }
  return hops;
}

function readLife(from: Reader): string {
  const nodeId = readNodeId(from);
  if (nodeId === ANYONE) from.fail();
  return nodeId;
}

// A value's place is its number on the wire: none of these is ever reordered.
const STEPS: readonly LinkStep[] = ['ask', 'urge', 'grant', 'refuse', 'end'];
const NOTES: readonly Note['type'][] = ['prune', 'graft', 'have'];
const PURPOSES: readonly TopicDigest['purpose'][] = ['greeting', 'question', 'answer'];
const FORMS: readonly Publication['form'][] = ['whole', 'skipped', 'named'];
const PATHS: readonly Path[] = ['eager', 'retransmit', 'fetch', 'replay'];
/** In place of a form: one that stands for more than one number. */
const SKIPPED_MANY = 3;
const JSON_BIT = 4;
const SAME_TOPIC_BIT = 8;
const KEY_BIT = 16;
const TRACE_BIT = 32;
/** At a million events a second, 140 years. */
const SEQ_MAX = 2 ** 52;
const NONE: readonly never[] = [];
const NO_BYTES = new Uint8Array(0);
