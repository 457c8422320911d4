import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Agents } from '../../test/agents.ts';
import type { ControlClient } from './index.ts';
import type { QueryNotice, QueryRequest } from './control.ts';

const agents = new Agents();

async function ask(client: ControlClient, request: QueryRequest): Promise<QueryNotice[]> {
  const all: QueryNotice[] = [];
  for await (const notice of client.query(request)) all.push(notice);
  return all.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function nameOf(notice: QueryNotice): string {
  return notice.type === 'answer' ? notice.from : '~';
}

test('queries reach the commands of all agents, and their answers the asker', async () => {
  const a = await agents.start({
    name: 'a',
    on: { up: 'echo "$HEARSAY_NAME for $HEARSAY_FROM"; cat' },
  });
  const on = { up: `printf '\\377\\376'`, bad: 'echo oops >&2; exit 3', flood: 'yes' };
  const b = await agents.start({ name: 'b', seeds: [a.address], tags: { role: 'x' }, on });
  await vi.waitUntil(() => a.agent.cluster.members.size === 2, 20_000);

  expect(await ask(a.client, { name: 'up', payload: 'hello' })).toMatchObject([
    { type: 'answer', from: 'a', value: 'a for a\nhello' },
    { type: 'answer', from: 'b', base64: '//4=' },
    { type: 'summary', asked: 2, answered: 2, why: 'complete' },
  ]);
  expect(await ask(a.client, { name: 'bad', payload: { any: 'json' } })).toMatchObject([
    { from: 'b', error: { why: 'failed', text: 'exit code 3: oops' } },
    { refused: { failed: 1, 'no-handler': 1 } },
  ]);
  expect(await ask(a.client, { name: 'flood', tags: { role: 'x' } })).toMatchObject([
    { from: 'b', error: { why: 'failed', text: 'killed: it wrote more than 1023 bytes' } },
    { asked: 1 },
  ]);
  expect(await ask(a.client, { name: 'info', names: ['b'] })).toMatchObject([
    { from: 'b', value: { name: 'b', members: 2, pid: process.pid } },
    { asked: 1, answered: 1 },
  ]);
  await expect(ask(a.client, { name: 'up', timeoutMs: 0 })).rejects.toMatchObject({
    code: 'BAD_OPTION',
  });
  expect(b.agent.info().handlers).toMatchObject({ done: 1, failed: 1, flooded: 1 });
});

test('one that hangs is killed in time for the asker to hear it; so many run at once', async () => {
  const on = { hang: 'sleep 600' };
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, warn: (text: string) => warnings.push(text), error() {} };
  const { agent, client } = await agents.start({ name: 'c', on, logger });
  const all = Array.from({ length: 17 }, async () =>
    ask(client, { name: 'hang', timeoutMs: 3000 }),
  );
  const texts = (await Promise.all(all)).flatMap(([notice]) =>
    notice?.type === 'answer' && notice.error !== undefined ? [notice.error.text] : [],
  );
  expect(texts.filter((text) => text.startsWith('killed: it took longer'))).toHaveLength(16);
  expect(texts.filter((text) => text.startsWith('16 commands are running'))).toHaveLength(1);
  expect(warnings.join()).toMatch(/query "hang" threw: CommandError: killed/);
  expect(agent.info().handlers).toMatchObject({ hung: 16, dropped: 1 });
});

test('member events reach commands, one after the other', async () => {
  const file = join(agents.folder, 'heard');
  const on = {
    'member-joined': `cat >> ${file}; echo "$HEARSAY_MEMBER $HEARSAY_EVENT" >> ${file}`,
  };
  const d = await agents.start({ name: 'd', on });
  await agents.start({ name: 'e', seeds: [d.address], tags: { role: 'x' } });
  await vi.waitUntil(() => d.agent.info().handlers.done === 1, 20_000);
  const [json = '', words] = readFileSync(file, 'utf8').split('\n');
  expect(JSON.parse(json)).toMatchObject({ type: 'member-joined', name: 'e', tags: { role: 'x' } });
  expect(words).toBe('e member-joined');
});

test('events on a topic reach commands in order, text as it is', async () => {
  const file = join(agents.folder, 'told');
  const on = { 'event:deploy': `cat >> ${file}; echo " $HEARSAY_TOPIC $HEARSAY_FROM" >> ${file}` };
  const { agent } = await agents.start({ name: 'g', on });
  const deploys = agent.cluster.topic('deploy');
  for (const value of ['one', 'two', { three: 3 }]) await deploys.publish(value);
  await vi.waitUntil(() => agent.info().handlers.done === 3, 20_000);
  expect(readFileSync(file, 'utf8').split('\n').slice(0, 3)).toEqual([
    'one deploy g',
    'two deploy g',
    '{"three":3} deploy g',
  ]);
});

test('events that come faster than their command works are dropped, and it is said', async () => {
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, warn: (text: string) => warnings.push(text), error() {} };
  const { agent } = await agents.start({ name: 'h', on: { 'event:t': 'sleep 600' }, logger });
  const topic = agent.cluster.topic('t');
  for (let i = 0; i < 300; i++) await topic.publish(i);
  await vi.waitUntil(() => agent.info().handlers.dropped === 43, 20_000); // One runs, 256 wait.
  const text =
    'more than 256 events wait for the command of event:t: what comes meanwhile is dropped';
  expect(warnings).toEqual([text]);
});

test('nonsense is refused before anything starts', async () => {
  await expect(agents.start({ name: 'f', on: { x: ' ' } })).rejects.toMatchObject({
    code: 'BAD_OPTION',
  });
  await expect(agents.start({ name: 'f', on: { info: 'x' } })).rejects.toMatchObject({
    code: 'HANDLER_TAKEN',
  });
  await expect(agents.start({ name: 'f', on: { 'hearsay:x': 'x' } })).rejects.toMatchObject({
    code: 'BAD_OPTION',
  });
});
