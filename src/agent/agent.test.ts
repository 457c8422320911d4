import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { Agents } from '../../test/agents.ts';
import { ControlClient } from './index.ts';

const agents = new Agents();

const names = (all: Iterable<{ readonly name: string }>) => [...all].map(({ name }) => name).sort();

async function post(path: string, route: string, body: string) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const call = request({ socketPath: path, path: route, method: 'POST' }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

test('an agent tells who it is and who is there', async () => {
  const a = await agents.start({ name: 'a', cluster: 'red', tags: { role: 'boss' } });
  const info = await a.client.info();
  expect(info).toMatchObject({ name: 'a', cluster: 'red', phase: 'running', members: 1 });
  expect(info).toMatchObject({ address: a.address, pid: process.pid, health: 0 });
  expect(info.load).toMatchObject({ members: 1, turnedAway: { starts: 0 } });
  expect(info.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(Object.keys(info.counters)).toContain('packetBytesOut');
  expect(await a.client.members()).toMatchObject([{ name: 'a', tags: { role: 'boss' } }]);
});

test('join, tags, events, evict and leave', async () => {
  const a = await agents.start({ name: 'a' });
  const b = await agents.start({ name: 'b' });
  const notices = a.client.events();
  const first = (await notices.next()).value;
  expect(first).toMatchObject({ type: 'snapshot', info: { name: 'a' }, members: [{ name: 'a' }] });
  const next = async (type: string) => {
    for (;;) {
      const { value } = await notices.next();
      if (value === undefined) throw new Error(`no ${type}`);
      if (value.type === type) return value;
    }
  };
  expect(await b.client.join([a.address])).toEqual({ members: 2 });
  expect(await next('member-joined')).toMatchObject({ member: { name: 'b' } });
  await b.client.setTags({ role: 'worker' });
  expect(await next('member-updated')).toMatchObject({ member: { tags: { role: 'worker' } } });
  expect(await a.client.evict('nobody')).toBe(false);
  expect(await a.client.evict('b')).toBe(true);
  expect(await next('member-evicted')).toMatchObject({ member: { name: 'b' } });
  expect(await b.agent.ended()).toEqual({ reason: 'evicted' });
  expect(names(await a.client.members())).toEqual(['a']);
  expect(names(await a.client.members(true))).toEqual(['a', 'b']);
  await a.client.leave();
  expect(await next('closed')).toMatchObject({ reason: 'left' });
  expect(await notices.next()).toMatchObject({ done: true });
  expect(await a.agent.ended()).toEqual({ reason: 'left' });
  expect(existsSync(a.client.path)).toBe(false);
  await expect(a.client.info()).rejects.toMatchObject({ code: 'NO_AGENT' });
});

test('counters are plain numbers, by kind and reason', async () => {
  const a = await agents.start({ name: 'a' });
  const b = await agents.start({ name: 'b' });
  await b.client.join([a.address]);
  await expect
    .poll(async () => (await a.client.counters()).protocol.probes.direct.answered)
    .toBeGreaterThan(0);
  const { health, protocol, host } = await a.client.counters();
  expect(health).toBe(0);
  expect(protocol).toMatchObject({ suspicions: { raised: 0 }, refutations: 0 });
  expect(host?.messagesOut['ping']?.packets).toBeGreaterThan(0);
  expect(host?.messagesIn['ack']?.packetBytes).toBeGreaterThan(0);
  // The bodies of all kinds are what the packets carry, less their envelopes of 22 bytes.
  const sums = Object.values(host?.messagesOut ?? {}).reduce(
    (sum, { packets, packetBytes }) => sum + packetBytes + 22 * packets,
    0,
  );
  expect(host!.packetBytesOut).toBeGreaterThanOrEqual(sums);
  expect(host!.dials).toBe(host!.dialsOpened);
  const [, member] = await a.client.members();
  expect(member).toMatchObject({ name: 'b', probe: { path: 'direct' } });
  expect(member!.rttMs).toBeGreaterThan(0);
  expect(member!.rttMs).toBeLessThan(500);
});

test('one member: what happened to it, and why', async () => {
  const a = await agents.start({ name: 'a' });
  const b = await agents.start({ name: 'b/2' });
  await b.client.join([a.address]);
  await b.client.setTags({ role: 'worker' });
  await expect
    .poll(async () => (await a.client.member('b/2')).history.map(({ type }) => type))
    .toEqual(['joined', 'updated']);
  const { member, why } = await a.client.member('b/2');
  expect(member).toMatchObject({ name: 'b/2', status: 'alive', tags: { role: 'worker' } });
  expect(Math.abs(Date.now() - (member.since ?? 0))).toBeLessThan(60_000);
  expect(why[0]).toMatch(/^b\/2 was never suspected here/);
  expect((await a.client.member('a')).history).toMatchObject([{ type: 'joined' }]);
  await expect(a.client.member('nobody')).rejects.toMatchObject({ code: 'NO_SUCH_MEMBER' });
});

test('it answers while it joins, takes other seeds, and may be told to leave', async () => {
  const a = await agents.start({ name: 'a' });
  const client = new ControlClient(agents.socketOf('b'));
  const starting = agents.start({ name: 'b', seeds: ['127.0.0.1:1'], retry: true });
  await expect.poll(async () => (await client.info()).phase).toBe('joining');
  expect(await client.join([a.address])).toEqual({ members: 2 });
  await starting;
  expect(await client.info()).toMatchObject({ phase: 'running', members: 2 });
});

test('told to leave while it joins, it gives up', async () => {
  const client = new ControlClient(agents.socketOf('c'));
  const starting = agents
    .start({ name: 'c', seeds: ['127.0.0.1:1'], retry: true })
    .then(String, (error: { code: string }) => error.code);
  await expect.poll(async () => (await client.info()).phase).toBe('joining');
  await client.leave();
  expect(await starting).toBe('ABORTED');
  expect(existsSync(client.path)).toBe(false);
});

test('a node that cannot start leaves no socket behind', async () => {
  const a = await agents.start({ name: 'a' });
  await expect(agents.start({ name: 'b', bind: a.address })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
  });
  expect(existsSync(agents.socketOf('b'))).toBe(false);
});

test('requests that make no sense are refused with a reason', async () => {
  const { client } = await agents.start({ name: 'a' });
  const { path } = client;
  const refused = async (route: string, body: string) => {
    const { status, text } = await post(path, route, body);
    return `${status} ${(JSON.parse(text) as { error: { message: string } }).error.message}`;
  };
  expect(await refused('/v1/join', '{')).toBe('400 the body is no JSON');
  expect(await refused('/v1/join', '{}')).toMatch(/^400 seeds: /);
  expect(await refused('/v1/join', '{"seeds":["x:y:z"]}')).toMatch(/^400 seeds\.0: give host:port/);
  expect(await refused('/v1/evict', '{"name":1}')).toMatch(/^400 name: /);
  expect(await refused('/v1/leave', '{"now":true}')).toMatch(/^400 body: .*now/);
  const tagsOf = (bytes: number): string => `{"tags":{"x":"${'y'.repeat(bytes)}"}}`;
  expect(await refused('/v1/tags', tagsOf(1_100_000))).toMatch(/^400 tags: 1/);
  expect(await refused('/v1/tags', tagsOf(2_200_000))).toMatch(/^413 /);
  await client.changeTags({ x: 'y'.repeat(1_000_000) });
  await expect(client.changeTags({ z: 'y'.repeat(100_000) })).rejects.toMatchObject({
    code: 'TAGS_TOO_LARGE',
  });
  expect(Object.keys(await client.tags())).toEqual(['x']);
  expect(await client.changeTags({ small: '1' }, ['x', 'no'])).toEqual({
    tags: { small: '1' },
    missing: ['no'],
  });
  expect(await refused('/v1/nothing', '')).toBe('404 there is no POST /v1/nothing');
  await expect(client.join(['no-such-host.invalid'])).rejects.toMatchObject({
    code: 'JOIN_TIMEOUT',
  });
});
