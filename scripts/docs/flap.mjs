// The guide "why did it flap": four agents, one of which is paused, the first is cut off for a
// while, another is killed; and what an operator is told of each. Real processes, real outputs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { main, run, Running } from './live.mjs';
import { terminal } from './table.mjs';

const names = ['a', 'b', 'c', 'd'];
/** Longer than one probe and a half, shorter than the time to a verdict. */
const pauseMs = 3500;

let scenes;

export async function flapScene(name) {
  scenes ??= await play();
  return terminal(scenes[name]);
}

async function play() {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-docs-'));
  const env = { ...process.env, XDG_RUNTIME_DIR: folder };
  const agents = new Map();
  try {
    for (const [i, name] of names.entries()) {
      const seeds = i === 0 ? '' : ' --join 127.0.0.1:7946';
      const args = `--name ${name} --bind 127.0.0.1:${7946 + i} --tag rack=r${i}${seeds}`;
      const line = [main, 'agent', ...args.split(' ')];
      const agent = new Running(`$ hearsay agent ${args}`, line, env, (text) => text);
      agents.set(name, agent);
      await agent.says(/is up at/);
    }
    return await happen(env, agents);
  } finally {
    for (const agent of agents.values()) agent.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function happen(env, agents) {
  const made = {};
  const hearsay = (args) => run([main, ...args.split(' ')], env);
  const shown = (args) => {
    const { stdout, stderr } = hearsay(args);
    return `$ hearsay ${args}\n${stdout}${stderr}`;
  };
  const until = async (name, pattern) => {
    for (let waitedMs = 0; !pattern.test(hearsay(`members ${name} --name a`).stdout);) {
      if (waitedMs > 30_000) throw new Error(`${pattern}: not told of ${name}`);
      await sleep(200);
      waitedMs += 200;
    }
  };
  await sleep(6000); // Everyone has probed everyone.
  made.members = shown('members --name a');

  agents.get('c').kill('SIGSTOP');
  await sleep(pauseMs);
  agents.get('c').kill('SIGCONT');
  await until('c', /answered after/);
  made.paused = shown('members c --name a');
  made.accused = shown('members c --name c');

  agents.get('b').kill();
  await until('b', /(declared|heard to be) dead/);
  made.crashed = shown('members b --name a');

  const cut = 'impair --name a --cut 127.0.0.1';
  hearsay(cut);
  await until('c', /suspected by[^]*suspected by/); // The second time.
  await sleep(1500);
  hearsay('impair --name a --off');
  await until('c', /answered after[^]*(answered after|returned)/);
  made.cut = `$ hearsay ${cut}        # for a few seconds\n\n${shown('members c --name a')}`;
  made.info = shown('info --name a');
  return made;
}
