import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  converge,
  detect,
  rumor,
  SCENARIO_DESIGNS,
  SYNC_STRATEGIES,
  SyncTrial,
} from '../lab/index.ts';
import { recordReplay, runScenario, type Scenario } from '../sim/index.ts';
import { registerSim } from './sim.ts';

/** Runs `hearsay …`; what it printed, and the error line and code it ended with. */
function hearsay(...words: string[]): { out: string; error: string; code: number } {
  let out = '';
  let error = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const program = new Command('hearsay')
    .exitOverride()
    .configureOutput({ writeOut: (text) => (out += text), writeErr: (text) => (error += text) });
  registerSim(program);
  try {
    program.parse(words, { from: 'user' });
    return { out, error, code: 0 };
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    return { out, error, code: thrown.exitCode };
  } finally {
    write.mockRestore();
  }
}

test('converge --json prints one object, with --runs an array', () => {
  const options = { design: 'heartbeat', nodes: 10, fanout: 2, loss: 0.1 } as const;
  const flags = 'sim converge --nodes 10 --fanout 2 --loss 0.1 --seed 3 --json'.split(' ');
  const one = converge({ ...options, seed: 3 });
  expect(JSON.parse(hearsay(...flags).out)).toEqual(one);
  const { out } = hearsay(...flags, '--runs', '2');
  expect(JSON.parse(out)).toEqual([one, converge({ ...options, seed: 4 })]);
});

test('detect --json has exactly the fields that are documented', () => {
  const { out } = hearsay(
    ...'sim detect --design hearsay --nodes 10 --power-off --json'.split(' '),
  );
  const result: object = JSON.parse(out);
  expect(result).toEqual(
    detect({ design: 'hearsay', nodes: 10, crash: 1, powerOff: true, loss: 0, seed: 1 }),
  );
  expect(Object.keys(result).join(' ')).toBe(
    'design nodes crash loss seed firstSuspectedMs firstDeadMs allDeadMs falseSuspicions ' +
      'falseDeaths falseSuspicionViews falseDeathViews messagesPerNodePerSecond ' +
      'bytesPerNodePerSecond events traceHash',
  );
});

test('sync --json has the fields that are documented, and the CPU time', () => {
  const flags = 'sim sync --strategy rateless --facts 300 --differences 20 --seed 3 --json';
  const { cpuMs, ...result } = JSON.parse(hearsay(...flags.split(' ')).out);
  const trial = new SyncTrial({ facts: 300, differences: 20, seed: 3 });
  expect(result).toEqual(trial.run({ strategy: 'rateless' }));
  expect(cpuMs).toBeGreaterThan(0);
  expect(Object.keys(result).join(' ')).toBe(
    'strategy mode facts differences owners seed bytes factBytes messages roundTrips symbols ' +
      'complete',
  );
  const runs = JSON.parse(hearsay(...flags.split(' '), '--runs', '2').out);
  expect(runs.map(({ seed }: { seed: number }) => seed)).toEqual([3, 4]);
});

test('sync compares all strategies, and says which is the cheapest from where on', () => {
  const { out } = hearsay(...'sim sync --facts 200 --differences 4'.split(' '));
  for (const strategy of SYNC_STRATEGIES) expect(out).toContain(`\n${strategy} `);
  expect(out).toMatch(/Fewest bytes, by differences: from 0 on rateless/);
});

test('sync refuses what makes no sense', () => {
  const refused = (flags: string) => hearsay(...`sim sync ${flags}`.split(' '));
  expect(refused('--facts 10 --differences 21')).toMatchObject({ code: 2, out: '' });
  const { code, error } = refused('--strategy digest --mode push');
  expect([code, error]).toEqual([2, 'error: --mode: digest has no push, but pull and push-pull\n']);
});

test('rumor --json has the fields that are documented, over all runs', () => {
  const flags = '--mode push --fanout 2 --stop feedback-counter --k 2 --nodes 50 --runs 5 --seed 3';
  const result: object = JSON.parse(hearsay(...`sim rumor ${flags} --json`.split(' ')).out);
  expect(result).toEqual(
    rumor({
      mode: 'push',
      fanout: 2,
      stop: 'feedback-counter',
      k: 2,
      nodes: 50,
      runs: 5,
      seed: 3,
    }),
  );
  expect(Object.keys(result).join(' ')).toBe(
    'mode fanout stop k nodes runs roundsMean roundsSd roundsMax residueMean ' +
      'messagesPerNodeMean lastToldMean',
  );
});

test('rumor for people: theory beside what is measured, and a curve', () => {
  const { out } = hearsay(...'sim rumor --nodes 100 --runs 20 --seed 7'.split(' '));
  expect(out).toMatch(/^push with fanout 1, stop rule none, 100 nodes, 20 runs\n\nmeasure +mean/);
  expect(out).toMatch(/\nrounds until all know +1[0-9.]+ +[0-9.]+ +[0-9.]+ +11.25\n/);
  expect(out).toMatch(/\nWho knows, round by round: +▁.*█\n\nseeds 7–26\n$/);
  const mongering = hearsay(...'sim rumor --stop infect-and-die --fanout 2 --runs 5'.split(' '));
  expect(mongering.out).toMatch(/\nresidue: never told +0\.[0-9]+ .* 0.20319\n/);
  expect(mongering.out).toContain('In theory, residue: s = e^(−2(1−s)).');
});

test('rumor: a k for a rule that has none is ignored', () => {
  const plain = 'sim rumor --nodes 20 --runs 3 --json'.split(' ');
  expect(hearsay(...plain, '--k', '3').out).toBe(hearsay(...plain).out);
});

test('rumor --references says of each value whether it agrees', () => {
  onTestFinished(() => void (process.exitCode = undefined));
  const { out } = hearsay(...'sim rumor --references --runs 2 --json'.split(' '));
  const rows = JSON.parse(out) as { agrees: boolean; measure: string; k: number | null }[];
  expect(rows).toHaveLength(20 + 4 * 2 + 10 * 3);
  expect(process.exitCode ?? 0).toBe(rows.every(({ agrees }) => agrees) ? 0 : 1);
});

test('for people it is a table', () => {
  const { out } = hearsay(...'sim detect --nodes 10 --runs 2'.split(' '));
  expect(out).toMatch(/^heartbeat, 10 nodes, 1 crashed, loss 0\n\nmeasure +mean +median/);
  expect(out).toMatch(/\ndead in all views, ms +\d+ +\d+ +\d+ +\d+ +2\n/);
  expect(out).toMatch(/\nseeds 1–2\n$/);
});

test('without nodes and fanout: the textbook table, and each run in a CSV file', () => {
  const file = join(folder(), 'table.csv');
  const { out } = hearsay('sim', 'converge', '--mode', 'push', '--runs', '1', '--csv', file);
  expect(out.split('\n').filter((line) => /^push +\d/.test(line))).toHaveLength(15);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(lines[0]).toMatch(/^design,mode,nodes,fanout,loss,seed,converged,rounds,timeMs,/);
  expect(lines).toHaveLength(16);
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hearsay-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('replay runs what was recorded, and says when the trace is another', () => {
  onTestFinished(() => void (process.exitCode = undefined));
  const scenario: Scenario = {
    version: 1,
    build: 'an older one',
    seed: 7,
    design: 'heartbeat',
    config: { fanout: 1 },
    nodes: 4,
    network: { latency: { type: 'constant', ms: 5 } },
    faults: [{ atMs: 5000, type: 'crash', node: 'n2' }],
    untilMs: 30_000,
    checks: [{ type: 'completeness', boundMs: 1000 }],
  };
  const outcome = runScenario(scenario, SCENARIO_DESIGNS);
  const file = join(folder(), 'violation.json');
  writeFileSync(file, JSON.stringify(recordReplay(scenario, outcome)));
  const { out } = hearsay('sim', 'replay', file);
  const [header, fault, trace] = out.split('\n');
  expect(header).toBe('heartbeat, 4 nodes, 1 faults, 30 s, seed 7');
  expect(fault).toBe('5000 ms: crash n2');
  expect(trace).toMatch(/^trace [0-9a-f]{16}, as recorded$/);
  expect(out).toMatch(/recorded by an older one, this is hearsay /);
  expect(out).toMatch(/ ms: completeness is violated at n[013]: /);
  expect(process.exitCode).toBeUndefined();
  writeFileSync(file, JSON.stringify({ ...recordReplay(scenario, outcome), traceHash: 'else' }));
  const again = JSON.parse(hearsay('sim', 'replay', file, '--json').out);
  expect(again).toMatchObject({ isSame: false, outcome: { traceHash: outcome.traceHash } });
  expect(process.exitCode).toBe(1);
});

test('search says that nothing broke, and what was reached', () => {
  const { out } = hearsay(...'sim search --seeds 3 --from 7 --nodes 3'.split(' '));
  expect(out).toMatch(/^hearsay, seeds 7–9: no promise was broken\n/);
  expect(out).toMatch(/\nmark +indirect-probe +[1-3]\n/);
  const json: unknown = JSON.parse(
    hearsay(...'sim search --seeds 3 --from 7 --nodes 3 --json'.split(' ')).out,
  );
  expect(json).toMatchObject({ design: 'hearsay', from: 7, seeds: 3, found: [] });
  expect(process.exitCode).toBe(undefined);
});

test('search shrinks what broke and writes the file that replay shows', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-search-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
    process.exitCode = undefined;
  });
  // One in ten or so breaks.
  const flags = '--design heartbeat --nodes 5 --seeds 25 --out'.split(' ').concat(folder);
  const { out } = hearsay('sim', 'search', ...flags);
  expect(process.exitCode).toBe(1);
  const file = /hearsay sim replay (\S+)/.exec(out)?.[1] ?? '';
  expect(out).toMatch(/^seed \d+: [a-z].*\n {2}after [0-9.]+ s, at \S+: .*\n {2}smallest form: /);
  expect(hearsay('sim', 'replay', file).out).toMatch(/as recorded\n.* is violated at /);
});

test.each([
  ['sim search --seeds 0', '--seeds'],
  ['sim search --nodes 1', '--nodes'],
  ['sim search --design serf', '--design'],
  ['sim replay /nowhere/at/all.json', '/nowhere/at/all.json'],
  ['sim replay package.json', 'package.json'],
  ['sim replay README.md', 'README.md'],
  ['sim replay', 'file'],
  ['sim converge --nodes ten', '--nodes'],
  ['sim converge --nodes 0', '--nodes'],
  ['sim converge --loss 1', '--loss'],
  ['sim converge --loss -1', '--loss'],
  ['sim converge --fanout 2.5', '--fanout'],
  ['sim converge --mode pull', '--mode'],
  ['sim converge --csv /nowhere/at/all.csv --nodes 2', '--csv'],
  ['sim rumor --mode shout', '--mode'],
  ['sim rumor --stop feedback-counter', '--k'],
  ['sim rumor --stop blind-coin --k 0', '--k'],
  ['sim rumor --nodes 0', '--nodes'],
  ['sim rumor --seed 9007199254740991 --runs 3', '--seed'],
  ['sim rumor --fanout 0', '--fanout'],
  ['sim detect --design serf', '--design'],
  ['sim sync --strategy guess', '--strategy'],
  ['sim sync --owners 1', '--owners'],
  ['sim sync --facts 10 --differences 21', '--differences'],
  ['sim detect --crash 100', '--crash'],
  ['sim detect --fan 3', '--fan'],
  ['sim detect --seed', '--seed'],
])('%s: one line names the flag', (line, flag) => {
  const { out, error, code } = hearsay(...line.split(' '));
  expect(out).toBe('');
  expect(error.trimEnd().split('\n')).toHaveLength(1);
  expect(error).toContain(flag);
  expect(code).not.toBe(0);
});

test('a mode for a design that has none is ignored', () => {
  const plain = ['sim', 'converge', '--design', 'hearsay', '--nodes', '5', '--json'];
  const { out, error } = hearsay(...plain);
  expect(JSON.parse(out)).toMatchObject({ converged: true, mode: null });
  expect(hearsay(...plain, '--mode', 'push')).toMatchObject({ out, error });
});

test.each([
  'sim',
  'sim converge',
  'sim detect',
  'sim replay',
  'sim rumor',
  'sim search',
  'sim sync',
])('%s --help shows examples', (line) => {
  expect(hearsay(...line.split(' '), '--help').out).toMatch(/Examples:\n {2}hearsay sim /);
});
