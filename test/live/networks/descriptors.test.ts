/** A process that has no descriptors left accuses nobody, and survives being dialled. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { BUILD_MS_MAX, ensureBuilt } from '../../built.ts';
import { need } from '../../need.ts';
import { EchoHost } from '../echo-host.ts';

beforeAll(ensureBuilt, BUILD_MS_MAX);

const SCRIPT = fileURLToPath(new URL('descriptors.mjs', import.meta.url));
/** A few dozen above what Node.js itself holds open. */
const LIMITED = 'ulimit -n 64 && exec "$@"';

test('want of descriptors at a dial is local', async (context) => {
  need(context, 'sh');
  const other = await EchoHost.open();
  const program = [process.execPath, SCRIPT, other.address, other.host.nodeId];
  const child = spawn('sh', ['-c', LIMITED, 'sh', ...program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const told: Record<string, unknown>[] = [];
  child.on('message', (message) => told.push(message as Record<string, unknown>));
  const until = async (type: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const found = told.find((message) => message['type'] === type);
      if (found !== undefined) return found;
      await once(child, 'message');
    }
  };
  const { address, nodeId } = await until('ready');
  child.send('exhaust');
  expect(await until('exhausted')).toMatchObject({ code: 'EMFILE' });
  expect(await until('unreachable')).toMatchObject({ token: 1, why: 'local' });
  // Its kernel accepts what its process cannot take.
  other.say(String(address), String(nodeId), { type: 'ask', way: 'control', text: 'x' }, 3);
  child.send('release');
  await other.rejected('message'); // The dial after it: one byte is no message of this design.
  child.send('stop');
  expect(await until('stopping')).toMatchObject({ failures: { refused: 0, lost: 0, local: 1 } });
  expect(await once(child, 'exit')).toEqual([0, null]);
  await other.host.stop();
});
