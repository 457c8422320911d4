/**
 * The rolling upgrade: a member of the first release, frozen in {@link ./wire-1.ts}, among nodes of
 * today's code.
 */
import { afterEach, expect, test, vi } from 'vitest';
import {
  hearsay,
  hearsayConfig,
  type HearsayProtocol,
} from '../../../src/designs/hearsay/index.ts';
import { openHost } from '../../../src/net/index.ts';
import { GoldenMember } from './member.ts';

const opened: { stop(): Promise<void> }[] = [];
const golden: GoldenMember[] = [];

afterEach(async () => {
  for (const member of golden.splice(0)) member.close();
  await Promise.all(opened.splice(0).map(async (host) => host.stop()));
});

async function current(name: string, seeds: readonly string[], events: string[] = []) {
  const host = await openHost({
    design: hearsay,
    // Quick, so that a few seconds hold many probes and some exchanges.
    config: () =>
      hearsayConfig({
        name,
        seeds,
        probeIntervalMs: 200,
        probeTimeoutMs: 100,
        exchangeIntervalMs: 500,
        suspicionAlpha: 3,
      }),
    cluster: 'upgrade',
    bind: { ip: '127.0.0.1', port: 0 },
  });
  opened.push(host);
  host.on((event) => events.push(event.type));
  return host;
}

async function first(name: string): Promise<GoldenMember> {
  const member = await GoldenMember.open(name, 'upgrade');
  golden.push(member);
  return member;
}

const statuses = ({ protocol }: { protocol: HearsayProtocol }): string[] =>
  [...protocol.members()].map(({ name, status }) => `${name} ${status}`).toSorted();

const patient = { timeout: 20_000, interval: 20 };

test('a member of the first release joins nodes of today, stays, and agrees', async () => {
  const events: string[] = [];
  const a = await current('a', [], events);
  const b = await current('b', [a.address], events);
  const old = await first('old');
  await old.join(a.address);
  const all = ['a alive', 'b alive', 'old alive'];
  await vi.waitFor(() => {
    for (const host of [a, b]) expect(statuses(host)).toEqual(all);
    expect([...old.view.keys()].toSorted()).toEqual(['a', 'b']);
    expect(a.protocol.member('old')?.tags).toEqual({ release: '1' });
  }, patient);
  old.ping('b');
  await vi.waitFor(() => {
    for (const type of ['ping', 'ack', 'sync', 'page']) expect([...old.heard]).toContain(type);
    expect(old.checksum).toBe(a.protocol.checksum());
  }, patient);
  await opened.splice(1, 1)[0]!.stop();
  await vi.waitFor(() => expect(old.statusOf('b')).toBe('dead'), patient);
  expect(statuses(a)).toEqual(['a alive', 'b dead', 'old alive']);
  expect(events.filter((type) => /old|rejected|conflict/.test(type))).toEqual([]);
  expect(old.misunderstood).toEqual([]);
  old.leave();
  await vi.waitFor(() => expect(statuses(a)).toContain('old left'), patient);
});

test('nodes of today join through a member of the first release', async () => {
  const old = await first('old');
  const a = await current('a', [old.fact.address]);
  const b = await current('b', [old.fact.address]);
  await vi.waitFor(() => {
    const all = ['a alive', 'b alive', 'old alive'];
    for (const host of [a, b]) expect(statuses(host)).toEqual(all);
    expect([...old.view.keys()].toSorted()).toEqual(['a', 'b']);
  }, patient);
  await vi.waitFor(() => {
    old.sync('a');
    expect(old.checksum).toBe(a.protocol.checksum());
  }, patient);
  expect(old.misunderstood).toEqual([]);
});
