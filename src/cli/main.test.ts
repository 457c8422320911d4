/** The program as users run it: compiled, as a process of its own. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { firstLine, Program } from '../../test/program.ts';

const program = new Program();
const { folder } = program;
const run = program.run.bind(program);
const agent = program.agent.bind(program);

test('help and version', () => {
  const help = run(['--help']);
  expect(help.code).toBe(0);
  for (const word of ['agent', 'members', 'join', 'leave', 'evict', 'info', 'demo', 'sim']) {
    expect(help.out).toMatch(new RegExp(`^  ${word} `, 'm'));
  }
  expect(help.out).toContain('Exit codes:');
  for (const command of ['agent', 'members', 'join', 'leave', 'evict', 'info', 'demo']) {
    expect(run([command, '--help']).out).toMatch(/Examples?:\n {2}(?:\w+=\S+ )?hearsay /);
  }
  expect(run(['--version']).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('wrong usage: one line that names what is wrong, exit code 2', () => {
  const cases: [string[], RegExp][] = [
    [[], /Usage: hearsay/],
    [['agnet'], /unknown command 'agnet'.*agent/],
    [['agent', '--bidn', 'x'], /unknown option '--bidn'.*--bind/],
    [['agent', '--bind', 'localhost:1'], /--bind: .*localhost:1/],
    [['agent', '--bind', '0.0.0.0:0'], /--bind: .*--insecure/],
    [['agent', '--join', 'a:b:c'], /--join: .*a:b:c/],
    [['agent', '--tag', 'role'], /--tag: .*role/],
    [['agent', '--preset', 'moon'], /--preset.*moon/],
    [['agent', '--join-timeout', '-1'], /--join-timeout/],
    [['agent', '--name', ''], /--name: /],
    [['agent', '--socket', `/tmp/${'x'.repeat(120)}`], /socket.*bytes/],
    [['info', '--socket', `/tmp/${'x'.repeat(120)}`], /socket.*bytes/],
    [['join'], /missing required argument 'host:port'/],
    [['evict'], /missing required argument 'member'/],
    [['demo', '--nodes', '2'], /--nodes/],
    [['demo', '--json'], /--json.*--once/],
    [['demo', '--loss', '2'], /--loss/],
    [['demo', '--lang', 'fr'], /--lang.*fr/],
  ];
  for (const [args, text] of cases) {
    const { code, out, error } = run(args);
    expect({ args, code, out, error }).toMatchObject({ code: 2, out: '' });
    expect(error).toMatch(text);
    if (args.length > 0) expect(error.trim().split('\n')).toHaveLength(1);
  }
  const odd = run(['agent'], { env: { HEARSAY_INSECURE: 'perhaps' } });
  expect(odd).toMatchObject({ code: 2, error: expect.stringContaining('HEARSAY_INSECURE') });
});

test('no agent there: exit code 3, and who else is here', () => {
  for (const args of [['members'], ['info'], ['leave'], ['join', 'a:1'], ['evict', 'a']]) {
    const { code, error } = run([...args, '--name', 'nobody']);
    expect(code).toBe(3);
    expect(error).toMatch(/no agent answers at .*nobody\.sock.*hearsay agent/);
  }
});

test('agents come together, are listed, evicted, and leave', async () => {
  const a = await agent('a');
  const b = await agent('b', ['--join', a.address, '--tag', 'role=worker', 'zone=1']);
  expect(b.members).toBe(2);
  const c = await agent('c');
  expect(run(['join', b.address, '--name', 'c'])).toMatchObject({
    code: 0,
    out: 'joined: 3 members\n',
  });

  const listed = run(['members', '--name', 'c', '--json']);
  const members = JSON.parse(listed.out) as { name: string; tags: object }[];
  expect(members.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(members[1]?.tags).toEqual({ role: 'worker', zone: '1' });
  expect(run(['members', '--socket', a.socket]).out).toMatch(
    /^✓ +b .*alive .*role=worker zone=1$/m,
  );
  expect(JSON.parse(run(['info', '--name', 'a', '--json']).out)).toMatchObject({ name: 'a' });
  const described = run(['info', '--name', 'a']).out;
  expect(described).toMatch(/^cluster +default$[^]*^probes +\d+ sent, \d+ answered; by helpers /m);
  expect(described).toMatch(/^rejected +none$[^]*^message +in +B in +out +B out$[^]*^ack +\d/m);

  const story = run(['members', 'b', '--name', 'a']).out;
  expect(story).toMatch(/^status +alive for \d+ s$[^]*^Why\n {2}b was never suspected here/m);
  expect(JSON.parse(run(['members', 'b', '--name', 'a', '--json']).out)).toMatchObject({
    member: { name: 'b' },
    history: [{ type: 'joined' }],
  });
  const unknown = run(['members', 'nobody', '--name', 'a']);
  expect(unknown).toMatchObject({ code: 1, error: 'hearsay: no member "nobody" is known\n' });
  expect(run(['evict', 'nobody', '--name', 'a'])).toMatchObject({ code: 1, out: '' });
  expect(run(['evict', 'b', '--name', 'a'])).toMatchObject({ code: 0, out: 'evicted b\n' });
  expect(await b.ended).toBe(4);

  expect(run(['leave', '--name', 'c'])).toMatchObject({ code: 0, out: 'left\n' });
  expect(await c.ended).toBe(0);
  const all = JSON.parse(run(['members', '--all', '--name', 'a', '--json']).out) as object[];
  expect(all).toMatchObject([
    { name: 'a', status: 'alive' },
    { name: 'b', status: 'evicted' },
    { name: 'c', status: 'left' },
  ]);
  a.child.kill('SIGTERM');
  expect(await a.ended).toBe(0);
});

test('what keeps an agent from starting has its own exit code', async () => {
  const a = await agent('a');
  const start = (...args: string[]) => run(['agent', '--bind', '127.0.0.1:0', ...args]);
  const taken = run(['agent', '--name', 'b', '--bind', a.address]);
  expect(taken).toMatchObject({ code: 6, error: expect.stringContaining(a.address) });
  const socket = start('--name', 'b', '--socket', a.socket);
  expect(socket).toMatchObject({ code: 8, error: expect.stringContaining(a.socket) });
  const name = start('--name', 'a', '--socket', join(folder, 'x'), '--join', a.address);
  expect(name).toMatchObject({ code: 5, error: expect.stringContaining('name a') });
  const cluster = start('--name', 'b', '--cluster', 'other', '--join', a.address);
  expect(cluster).toMatchObject({ code: 7, error: expect.stringContaining('--cluster') });
  const nobody = start('--name', 'b', '--join', '127.0.0.1:1', '--join-timeout', '0.2');
  expect(nobody).toMatchObject({ code: 7, error: expect.stringContaining('127.0.0.1:1') });
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(start('--name', 'b', '--socket', file)).toMatchObject({ code: 2 });
});

test('a killed agent leaves a socket that the next one replaces', async () => {
  const first = await agent('a');
  first.child.kill('SIGKILL');
  await first.ended;
  expect(run(['info', '--name', 'a']).code).toBe(3);
  const second = await agent('a');
  expect(second.socket).toBe(first.socket);
  expect(run(['info', '--name', 'a']).code).toBe(0);
});

test('settings come from the environment too, seeds and tags with commas', async () => {
  const a = await agent('a', ['--cluster', 'red']);
  const child = program.spawn(['agent'], {
    env: {
      HEARSAY_NAME: 'b',
      HEARSAY_CLUSTER: 'red',
      HEARSAY_BIND: '127.0.0.1:0',
      HEARSAY_JOIN: `${a.address},127.0.0.1:1`,
      HEARSAY_TAGS: 'role=worker,zone=1',
    },
  });
  expect(await firstLine(child)).toMatch(
    /^hearsay: "b" is up at 127\.0\.0\.1:\d+, 2 in cluster "red"; control socket /,
  );
  const members = JSON.parse(run(['members', '--name', 'b', '--json']).out) as object[];
  expect(members[1]).toMatchObject({ name: 'b', tags: { role: 'worker', zone: '1' } });
});

test('an agent of a supervisor leaves when its standard input ends', async () => {
  const a = await agent('a', ['--with-parent']);
  const flags = ['--name', 'b', '--bind', a.address, '--with-parent'];
  const b = program.spawn(['agent', ...flags]);
  expect(await once(b, 'exit')).toEqual([6, null]); // Although its standard input is open.
  a.child.stdin.end();
  expect(await a.ended).toBe(0);
});

/** One round, as it is told; it takes its time, so two are played at once. */
async function demo(args: readonly string[], env = {}): Promise<string> {
  const child = program.spawn(['demo', '--once', '--nodes', '3', ...args], { env });
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(code).toBe(0);
  return out;
}

test('one round of the demo: everything happens; also in lines, in Chinese', async () => {
  const [json, chinese] = await Promise.all([
    demo(['--json', '--loss', '0.05']),
    demo([], { LANG: 'zh_CN.UTF-8', LC_ALL: '' }),
  ]);
  expect(JSON.parse(json)).toEqual({
    nodes: 3,
    loss: 0.05,
    convergedMs: expect.any(Number),
    suspectedMs: expect.any(Number),
    detectedMs: expect.any(Number),
    rejoinedMs: expect.any(Number),
    halvesMs: expect.any(Number),
    healedMs: expect.any(Number),
    falseSuspicions: expect.any(Number),
  });
  const story = /fir 被杀死[^]*fir 已死[^]*fir 重新启动[^]*ash、elm \| fir[^]*网络恢复/;
  expect(chinese).toMatch(story);
});

test('a config file; flags and the environment outrank it', async () => {
  const file = join(folder, 'agent.yaml');
  writeFileSync(
    file,
    'name: fromfile\ncluster: red\nbind: 127.0.0.1:1\ntags: {role: worker}\n' +
      `dataDir: data\nsocket: ${join(folder, 'config.sock')}\nlog: silent\n`,
  );
  const child = program.spawn(['agent', '--config', file, '--cluster', 'blue'], {
    env: { HEARSAY_BIND: '127.0.0.1:0' },
  });
  expect(await firstLine(child)).toMatch(
    /"fromfile" is up at 127\.0\.0\.1:\d+, 1 in cluster "blue"; .*config\.sock$/,
  );
  const socket = ['--socket', join(folder, 'config.sock')];
  const info = JSON.parse(run(['info', '--json', ...socket]).out) as { dataDir: object };
  expect(info.dataDir).toEqual({
    path: join(folder, 'data'),
    logBytes: expect.any(Number),
    values: 0,
    valueBytes: 0,
    blocked: false,
  });
  expect(run(['info', ...socket]).out).toMatch(/^data +\S+data, log of \d+ B$/m);
  expect(run(['members', ...socket]).out).toContain('role=worker');
});

test('an error in a config file names file, line and column', () => {
  const file = join(folder, 'wrong.yaml');
  const agentOf = (text: string, ...args: string[]) => {
    writeFileSync(file, text);
    const { code, error } = run(['agent', '--config', file, ...args]);
    return `${code} ${error.replace(file, 'FILE').trim()}`;
  };
  expect(agentOf('nmae: x\n')).toMatch(/^2 hearsay: FILE:1:1: .*nmae/);
  expect(agentOf('name: x\nbind: 0.0.0.0:0\n')).toMatch(/^2 hearsay: FILE:2:7: bind: /);
  expect(agentOf('tuning:\n  helpers: -1\n')).toMatch(/^2 hearsay: FILE:2:12: helpers: /);
  expect(agentOf('name: x\n', '--bind', '0.0.0.0:0')).toMatch(/^2 hearsay: --bind: /);
});

test('a data directory is one agent’s, and says whose', async () => {
  const data = join(folder, 'once');
  const a = await agent('a', ['--data-dir', data]);
  const start = (...args: string[]) => run(['agent', '--bind', '127.0.0.1:0', ...args]);
  const other = ['--socket', join(folder, 'other.sock'), '--data-dir'];
  expect(start('--name', 'a', ...other, data)).toMatchObject({
    code: 9,
    error: expect.stringContaining(data),
  });
  a.child.kill('SIGKILL');
  await a.ended;
  const foreign = start('--name', 'b', ...other, data);
  expect(foreign).toMatchObject({ code: 2, error: expect.stringContaining('node "a"') });
  const file = join(folder, 'plain');
  writeFileSync(file, '');
  expect(start('--name', 'a', ...other, file)).toMatchObject({ code: 10 });
});
