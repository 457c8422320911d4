/** Nonsense on the control socket: a clear 4xx, and the agent goes on. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Agent, ControlClient } from '../../../src/agent/index.ts';
import { sleep } from './victim.ts';

const folder = mkdtempSync(join(tmpdir(), 'hearsay-test-'));
const path = join(folder, 'a.sock');
const client = new ControlClient(path);
let agent: Agent;

beforeAll(async () => {
  agent = await Agent.start({ name: 'a', bind: '127.0.0.1:0', socket: path });
});

afterAll(async () => {
  await agent.cluster.leave();
  await agent.ended();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(method: string, route: string, body: string, chunked = false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = chunked ? {} : { 'content-length': Buffer.byteLength(body) };
    const headers = { 'content-type': 'application/json', ...length };
    const call = request({ socketPath: path, path: route, method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

async function expectRefused(method: string, route: string, body: string, chunked = false) {
  const { status, text } = await ask(method, route, body, chunked);
  expect([route, status >= 400 && status < 500]).toEqual([route, true]);
  const { error } = JSON.parse(text) as { error: { code: string; message: string } };
  expect(['BAD_OPTION', 'TAGS_TOO_LARGE']).toContain(error.code);
  expect(error.message.length).toBeGreaterThan(0);
  expect(error.message).not.toMatch(/\n| at .*:\d/);
}

async function expectAlive(): Promise<void> {
  expect(await client.info()).toMatchObject({ name: 'a', phase: 'running', members: 1 });
}

test('bodies that are no JSON, or JSON of another shape', async () => {
  const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));
  const wrong = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), json);
  const route = fc.constantFrom('/v1/join', '/v1/tags', '/v1/evict');
  await fc.assert(
    fc.asyncProperty(route, wrong, fc.boolean(), async (to, body, chunked) => {
      await expectRefused('POST', to, body, chunked);
    }),
    { numRuns: 100 },
  );
  await expectAlive();
});

test.each([
  ['deep', '['.repeat(30_000)],
  ['deep and whole', `${'['.repeat(15_000)}${']'.repeat(15_000)}`],
  ['a prototype', '{"tags":{"__proto__":"x"}}'],
  ['large', `{"tags":{"x":"${'y'.repeat(1_200_000)}"}}`],
  ['larger', 'x'.repeat(5_000_000)],
])('a body that is %s', async (_, body) => {
  await expectRefused('POST', '/v1/tags', body);
  await expectRefused('POST', '/v1/tags', body, true);
  await expectAlive();
});

test('routes and methods that there are not', async () => {
  for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
    for (const route of ['/', '/v1', '/v2/info', '/v1/../v1/nothing', '/v1/%00', '/%ff', '/v1//']) {
      await expectRefused(method, route, '');
    }
  }
  await expectRefused('POST', '/v1/info', '');
  await expectRefused('GET', '/v1/leave', '');
  await expectAlive();
});

async function open(text: string): Promise<Socket> {
  const socket = connect(path);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

test('bytes that are no HTTP, and headers that are too long', async () => {
  const long = `GET /v1/info HTTP/1.1\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`;
  for (const text of ['\0\u0001\u0002 garbage\r\n\r\n', 'GET\r\n\r\n', long]) {
    const socket = await open(text);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1\.1 4\d\d /);
    socket.destroy();
  }
  await expectAlive();
});

test('requests that are never finished, answers that are never read', async () => {
  const head = 'POST /v1/tags HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{';
  const half = ['P', 'GET /v1/info HTTP/1.1\r\nhost', head];
  const sockets = await Promise.all(
    Array.from({ length: 300 }, async (_, i) => open(half[i % 3]!)),
  );
  const events = 'GET /v1/events HTTP/1.1\r\nhost: a\r\n\r\n';
  const deaf = await Promise.all(Array.from({ length: 20 }, async () => open(events)));
  for (const socket of deaf) socket.pause();
  await expectAlive();
  for (const socket of [...sockets, ...deaf]) socket.destroy();
  await sleep(100);
  await expectAlive();
});
