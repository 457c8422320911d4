import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DROPPED, Link } from './link.ts';
import { Links } from './links.ts';

test('a link carries and holds no more than it can, in order', () => {
  const packets = fc.array(
    fc.record({ gapMs: fc.double({ min: 0, max: 50, noNaN: true }), bytes: fc.nat(1_400) }),
  );
  const bandwidth = { bitsPerSecond: 80_000, queueBytesMax: 3_000 }; // 10 B/ms, so 300 ms.
  fc.assert(
    fc.property(packets, (sends) => {
      const link = new Link(bandwidth);
      let now = 1_000;
      let lastAt = 0;
      let busyMs = 0;
      let firstAt: number | undefined;
      for (const { gapMs, bytes } of sends) {
        now += gapMs;
        const waitMs = link.admit(now, bytes);
        if (waitMs === DROPPED) continue;
        firstAt ??= now;
        expect(waitMs).toBeLessThanOrEqual(Math.max(300, bytes / 10) + 1e-6);
        expect(now + waitMs).toBeGreaterThanOrEqual(lastAt);
        lastAt = now + waitMs;
        busyMs += bytes / 10;
        expect(lastAt - firstAt).toBeGreaterThanOrEqual(busyMs - 1e-6);
      }
    }),
  );
});

test('a packet larger than the queue passes where nothing waits', () => {
  const link = new Link({ bitsPerSecond: 8_000, queueBytesMax: 0 });
  expect(link.admit(0, 1_000)).toBe(1_000);
  expect(link.admit(1, 1)).toBe(DROPPED);
  expect(link.admit(1_000, 1)).toBe(1);
});

test('by default a queue is 100 ms of the link, but never less than 16 kB', () => {
  const held = (bitsPerSecond: number): number => {
    const link = new Link({ bitsPerSecond });
    let bytes = 0;
    while (link.admit(0, 100) !== DROPPED) bytes += 100;
    return bytes;
  };
  expect(held(1_000)).toBe(16_300);
  expect(held(100_000_000)).toBe(1_250_000);
});

test("a place's own link serves instead of the common one; both can be taken back", () => {
  const links = new Links<string>();
  const waits = (): (number | undefined)[] =>
    ['a', 'b'].map((place) => links.up(place)?.admit(0, 1_000));
  expect([links.isOn, ...waits()]).toEqual([false, undefined, undefined]);
  links.set({ bitsPerSecond: 8_000_000 });
  links.set({ bitsPerSecond: 4_000_000 }, 'b');
  expect([links.isOn, ...waits()]).toEqual([true, 1, 2]);
  expect(waits()).toEqual([2, 4]);
  expect(links.down('a')?.admit(0, 1_000)).toBe(1);
  links.set(undefined);
  expect([links.isOn, ...waits()]).toEqual([true, undefined, 6]);
  links.set(undefined, 'b');
  expect([links.isOn, ...waits()]).toEqual([false, undefined, undefined]);
});

test('a link that cannot be is misuse, and changes nothing', () => {
  const links = new Links<string>();
  const bad = expect.objectContaining({ code: 'BAD_OPTION' });
  for (const bandwidth of [
    { bitsPerSecond: 0 },
    { bitsPerSecond: NaN },
    { bitsPerSecond: Infinity },
    { bitsPerSecond: 1, queueBytesMax: -1 },
  ]) {
    expect(() => links.set(bandwidth)).toThrow(bad);
    expect(links.isOn).toBe(false);
  }
});
