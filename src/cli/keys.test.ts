/** Secrets as operators use them: the compiled program, agents as processes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Program } from '../../test/program.ts';
import { ControlClient } from '../agent/index.ts';
import { drawSecret, parseSecret } from '../net/index.ts';

const program = new Program();
const { folder } = program;
const run = program.run.bind(program);

async function agent(...args: Parameters<Program['agent']>) {
  const { socket, ...ready } = await program.agent(...args);
  return { ...ready, client: new ControlClient(socket) };
}

/** Two secrets that can be told apart on the wire: one pair in 255 cannot. */
function twoSecrets(): [string, string] {
  const [first, second] = [drawSecret(), drawSecret()];
  return parseSecret(first).id === parseSecret(second).id ? twoSecrets() : [first, second];
}

test('keygen prints the base64 of 32 bytes, and nothing else is accepted', () => {
  const { code, out } = run(['keygen']);
  expect(code).toBe(0);
  expect(Buffer.from(out.trim(), 'base64')).toHaveLength(32);
  expect(out).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
  expect(JSON.parse(run(['keygen', '--json']).out)).toMatchObject({
    secret: expect.stringMatching(/=$/) as string,
    fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
  });
  const short = Buffer.alloc(16).toString('base64');
  for (const secret of ['password', short, `${out.trim()}=`]) {
    const refused = run(['agent', '--secret', secret, '--bind', '127.0.0.1:0']);
    expect(refused.code).toBe(2);
    expect(refused.error).toMatch(/^hearsay: --secret: .*hearsay keygen/);
    expect(refused.error).not.toContain(secret);
  }
  const file = join(folder, 'empty');
  writeFileSync(file, '\n');
  expect(run(['agent', '--secret-file', file])).toMatchObject({ code: 2 });
  expect(run(['agent', '--secret-file', join(folder, 'none')]).error).toMatch(/none/);
  expect(run(['agent', '--bind', '0.0.0.0:0'])).toMatchObject({ code: 2 });
});

test('with another key, or none, an agent is told why it cannot join', async () => {
  const [secret, other] = twoSecrets();
  const a = await agent('a', [], { env: { HEARSAY_SECRET: secret } });
  const join = ['agent', '--name', 'b', '--bind', '127.0.0.1:0', '--join', a.address];
  for (const env of [{}, { HEARSAY_SECRET: other }]) {
    const refused = run(join, { env });
    expect(refused.code).toBe(7);
    expect(refused.error).toMatch(/has another key, or none; check .*--secret/);
  }
  expect((await a.client.members()).map(({ name }) => name)).toEqual(['a']);
  const plain = await agent('p');
  const refused = run(['keys', 'list', '--name', 'p']);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.error).toContain('--secret');
  expect(await plain.client.info()).toMatchObject({ members: 1 });
});

test('five agents change their key, one after the other, and nobody suspects anybody', async () => {
  const [first, second] = twoSecrets();
  const file = join(folder, 'secret');
  writeFileSync(file, `${first}\n`, { mode: 0o600 });
  const seed = await agent('k0', ['--secret-file', file]);
  const others = await Promise.all(
    [1, 2, 3, 4].map(async (i) => agent(`k${i}`, ['--join', seed.address, '--secret', first])),
  );
  const all = [seed, ...others];
  const told: string[] = [];
  let isOver = false;
  const listen = async ({ client, name }: (typeof all)[number]): Promise<void> => {
    try {
      for await (const notice of client.events()) {
        if (/suspected|failed|refuted/.test(notice.type)) told.push(`${name} ${notice.type}`);
      }
    } catch (error) {
      if (!isOver) told.push(`${name} ${String(error)}`); // In the end they are killed.
    }
  };
  for (const one of all) void listen(one);
  await expect.poll(async () => (await seed.client.info()).members, { timeout: 20_000 }).toBe(5);
  const [old] = await seed.client.keys();
  // The first by the program, the others over their sockets, as it does.
  const step = async (
    change: (name: string) => void,
    same: (client: ControlClient) => Promise<unknown>,
  ): Promise<void> => {
    change(seed.name);
    for (const { client } of others) {
      await new Promise((resolve) => void setTimeout(resolve, 200)); // Between them all goes on.
      await same(client);
    }
  };
  await step(
    (name) => {
      const added = run(['keys', 'add', '--name', name], { input: `${second}\n` });
      expect(added.out).toMatch(/^added /);
    },
    async (client) => client.addKey(second),
  );
  const fresh = (await seed.client.keys()).find(({ used }) => !used)!.fingerprint;
  expect(run(['keys', 'remove', old!.fingerprint, '--name', 'k0'])).toMatchObject({ code: 2 });
  await step(
    (name) => expect(run(['keys', 'use', fresh, '--name', name]).code).toBe(0),
    async (client) => client.useKey(fresh),
  );
  await step(
    (name) => expect(run(['keys', 'remove', old!.fingerprint, '--name', name]).code).toBe(0),
    async (client) => client.removeKey(old!.fingerprint),
  );
  await new Promise((resolve) => void setTimeout(resolve, 2000));
  const listed = run(['keys', 'list', '--name', 'k3', '--json']).out;
  expect(JSON.parse(listed)).toEqual([{ fingerprint: fresh, used: true }]);
  expect(listed).not.toContain(second.slice(0, 8));
  expect(told).toEqual([]);
  for (const { client } of all) {
    const { counters, members } = await client.info();
    expect(members).toBe(5);
    expect(counters.rejected).toEqual({});
  }
  isOver = true;
});
