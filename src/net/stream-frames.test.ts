import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Keyring } from '../blocks/security/keyring.ts';
import { STREAM_BYTES_MAX } from '../core/index.ts';
import { FrameKind, GREETING_BYTES_MAX, type Frame } from '../wire/index.ts';
import { drawSecret, parseSecret, type SecretKey } from './secret.ts';
import { StreamFrames } from './stream-frames.ts';

const SECRET = parseSecret(drawSecret());

/** Another key with another id. */
function otherKey(): SecretKey {
  const key = parseSecret(drawSecret());
  return key.id === SECRET.id ? otherKey() : key;
}

class End {
  readonly frames: StreamFrames;
  readonly sent: Uint8Array[] = [];

  constructor(key: SecretKey | undefined, isDialler: boolean) {
    const keyring = key === undefined ? undefined : new Keyring([key]);
    this.frames = new StreamFrames(keyring, isDialler, (bytes) => this.sent.push(bytes));
  }

  /** What has been sent since the last time. */
  take(): Uint8Array {
    return Buffer.concat(this.sent.splice(0));
  }

  read(bytes: Uint8Array): Frame[] {
    this.frames.push(bytes);
    const frames: Frame[] = [];
    for (let frame = this.frames.next(); frame; frame = this.frames.next()) frames.push(frame);
    return frames;
  }
}

function pair(dialling: SecretKey | undefined = SECRET, accepting = dialling): [End, End] {
  return [new End(dialling, true), new End(accepting, false)];
}

const text = (frame: Frame | undefined): string => Buffer.from(frame?.body ?? []).toString();

/** Both know the keys. */
function agreed(): [End, End] {
  const [dialler, acceptor] = pair();
  acceptor.read(dialler.take());
  dialler.read(acceptor.take());
  return [dialler, acceptor];
}

test('what is written before the keys are known waits, and arrives in order', () => {
  const [dialler, acceptor] = pair();
  dialler.frames.write(FrameKind.Open, Buffer.from('who'));
  dialler.frames.write(FrameKind.Message, Buffer.from('what'));
  expect(dialler.frames.waitingBytes).toBe(3 + 4 + 2 * 21);
  const greeting = dialler.take();
  expect(Buffer.from(greeting).includes('wh')).toBe(false);
  expect(acceptor.read(greeting)).toEqual([]);
  expect(dialler.read(acceptor.take())).toEqual([]);
  expect(dialler.frames.waitingBytes).toBe(0);
  const frames = acceptor.read(dialler.take());
  expect(frames.map(text)).toEqual(['who', 'what']);
  acceptor.frames.write(FrameKind.Message, Buffer.from('answer'));
  expect(dialler.read(acceptor.take()).map(text)).toEqual(['answer']);
});

test('frames of every size, cut anywhere', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(bodies, fc.array(fc.integer({ min: 1, max: 400 })), (all, cuts) => {
      const [dialler, acceptor] = agreed();
      acceptor.frames.bodyMax = STREAM_BYTES_MAX;
      for (const body of all) dialler.frames.write(FrameKind.Message, body);
      const bytes = dialler.take();
      const read: Frame[] = [];
      let at = 0;
      for (const cut of cuts) read.push(...acceptor.read(bytes.subarray(at, (at += cut))));
      read.push(...acceptor.read(bytes.subarray(at)));
      expect(read.map(({ body }) => Buffer.from(body))).toEqual(
        all.map((body) => Buffer.from(body)),
      );
    }),
  );
});

test('a changed byte anywhere ends it; nothing after it is read', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const [dialler, acceptor] = agreed();
      dialler.frames.write(FrameKind.Message, Buffer.from('a message'));
      const bytes = Buffer.from(dialler.take());
      bytes[at % bytes.length]! ^= change;
      expect(acceptor.read(bytes)).toEqual([]);
      const { flaw, held } = acceptor.frames;
      // A larger length within the bound waits for bytes that would not fit either.
      if (flaw === undefined) expect(held).toBe(bytes.length);
      else expect(['auth', 'kind', 'length']).toContain(flaw);
    }),
  );
});

test('frames cannot be repeated, dropped, swapped, sent back, or moved to another stream', () => {
  const write = (end: End, what: string): Uint8Array => {
    end.frames.write(FrameKind.Message, Buffer.from(what));
    return end.take();
  };
  const flawAfter = (cheat: (a: Uint8Array, b: Uint8Array) => Uint8Array[]): unknown => {
    const [dialler, acceptor] = agreed();
    const parts = cheat(write(dialler, 'one'), write(dialler, 'two'));
    for (const part of parts) acceptor.read(part);
    return acceptor.frames.flaw;
  };
  expect(flawAfter((a, b) => [a, b])).toBeUndefined();
  expect(flawAfter((a) => [a, a])).toBe('auth');
  expect(flawAfter((_a, b) => [b])).toBe('auth');
  expect(flawAfter((a, b) => [b, a])).toBe('auth');
  const [dialler] = agreed();
  dialler.read(write(dialler, 'back'));
  expect(dialler.frames.flaw).toBe('auth');
});

test('a whole recorded stream means nothing to the next connection', () => {
  const [dialler, acceptor] = pair();
  const recorded = [dialler.take()];
  acceptor.read(recorded[0]!);
  dialler.read(acceptor.take());
  dialler.frames.write(FrameKind.Open, Buffer.from('who'));
  recorded.push(dialler.take());
  const [, next] = pair();
  for (const bytes of recorded) expect(next.read(bytes)).toEqual([]);
  expect(next.frames.flaw).toBe('auth');
});

test('another key, or none, is told apart on both sides', () => {
  const flaws = (dialling: SecretKey | undefined, accepting: SecretKey | undefined): unknown[] => {
    const [dialler, acceptor] = [new End(dialling, true), new End(accepting, false)];
    acceptor.read(dialler.take());
    dialler.read(acceptor.take());
    return [dialler.frames.flaw, acceptor.frames.flaw];
  };
  expect(flaws(SECRET, SECRET)).toEqual([undefined, undefined]);
  expect(flaws(otherKey(), SECRET)).toEqual(['wrong-key', 'key']);
});

test('before the keys nothing long is waited for', () => {
  const acceptor = new End(SECRET, false);
  const long = Buffer.alloc(5);
  long.writeUInt32BE(GREETING_BYTES_MAX + 1);
  long[4] = FrameKind.Open;
  acceptor.read(long);
  expect(acceptor.frames.flaw).toBe('length');
});
