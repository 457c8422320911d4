/** Whatever a config file sets, the agent gets. */
import { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { Agent, type AgentOptions } from '../agent/agent.ts';
import type { Config } from '../agent/config-file.ts';
import type { JoinClusterOptions } from '../api/index.ts';
import { checkOptions, optionsSchema } from '../cluster/options.ts';
import { PRESETS } from '../designs/hearsay/index.ts';
import { registerAgent } from './agent.ts';

const folder = temporaryFolder();
const SECRETS = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)].map((key) => key.toString('base64'));
const tuningSchema = optionsSchema.shape.tuning.unwrap();
const tuning = Object.fromEntries(
  Object.entries(PRESETS.local).filter(([option]) => Object.hasOwn(tuningSchema.shape, option)),
);

/** One value for each option, none of them its default. */
const VALUES: Required<Omit<Config, 'secretFile' | 'log'>> = {
  name: 'api-1',
  cluster: 'prod',
  bind: ['10.0.0.4:7000', '[2001:db8::4]:7000'],
  advertise: 'edge-1.example:7001',
  transport: 'tcp',
  seeds: ['10.0.0.5', 'srv:_gossip._tcp.example', 'file:/etc/hearsay/seeds'],
  dns: ['10.0.0.2:8600'],
  resolveIntervalMs: 5000,
  tags: { role: 'worker', zone: '1' },
  preset: 'wan',
  tuning: tuningSchema.parse(tuning),
  dataDir: join(folder, 'data'),
  joinTimeoutMs: 2500,
  retry: true,
  secret: SECRETS,
  insecure: true,
  socket: join(folder, 'control.sock'),
  on: { uptime: 'uptime', 'member-failed': 'page "$HEARSAY_MEMBER"' },
};

beforeAll(() => {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('HEARSAY_')) vi.stubEnv(name, undefined);
  }
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => void vi.unstubAllEnvs());

/** What the agent would be started with. */
async function optionsBy(config: Config, ...flags: string[]): Promise<AgentOptions> {
  const file = join(folder, 'agent.yaml');
  writeFileSync(file, stringify(config));
  vi.spyOn(process, 'on').mockReturnValue(process); // No handlers of signals.
  const start = vi.spyOn(Agent, 'start').mockRejectedValue(new Error('enough'));
  const program = new Command();
  registerAgent(program);
  const running = program.parseAsync(['agent', '--config', file, ...flags], { from: 'user' });
  await expect(running).rejects.toThrow('enough');
  const { signal, logger, ...options } = start.mock.calls[0]![0];
  expect([typeof signal, typeof logger]).toEqual(['object', 'object']);
  return options;
}

test('there is a value here for every option of joinCluster that is data', () => {
  const options = Object.keys(optionsSchema.shape);
  expect([...Object.keys(VALUES), 'signal', 'logger'].sort()).toEqual(
    [...options, 'socket', 'on'].sort(),
  );
  const given = Object.fromEntries(
    Object.entries(VALUES).filter(([name]) => !['socket', 'on'].includes(name)),
  );
  const defaults: Record<string, unknown> = checkOptions({ name: 'other' });
  for (const [option, value] of Object.entries(given)) expect(value).not.toEqual(defaults[option]);
  expect(checkOptions(given as unknown as JoinClusterOptions)).toEqual(given);
});

test('a file may set them all', async () => {
  expect(await optionsBy(VALUES)).toEqual(VALUES);
});

test.each(Object.entries(VALUES))('%s alone, where it is the only one', async (option, value) => {
  const options = await optionsBy({ [option]: value });
  expect(options[option as keyof AgentOptions]).toEqual(value);
});

test('secrets from a file that is named there', async () => {
  writeFileSync(join(folder, 'cluster.key'), `${SECRETS.join('\n')}\n`);
  const { secret } = await optionsBy({ secretFile: 'cluster.key' });
  expect(secret).toEqual(SECRETS);
});

test('flags outrank each option that has one', async () => {
  const flags =
    '--name b --cluster c --bind 127.0.0.1:1 --advertise d --transport udp --join e ' +
    '--dns 1.1.1.1 --tag f=g --preset lan --data-dir h --join-timeout 9 --socket i --on k=l';
  const options = await optionsBy(VALUES, ...flags.split(' '), '--secret', SECRETS[1]!);
  expect(options).toEqual({
    ...VALUES,
    name: 'b',
    cluster: 'c',
    bind: ['127.0.0.1:1'],
    advertise: 'd',
    transport: 'udp',
    seeds: ['e'],
    dns: ['1.1.1.1'],
    tags: { f: 'g' },
    preset: 'lan',
    dataDir: 'h',
    joinTimeoutMs: 9000,
    socket: 'i',
    on: { k: 'l' },
    secret: [SECRETS[1]],
  });
});
