/** Thousands of connections without the key against a node that has one. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { platform } from 'node:os';
import { expect, test } from 'vitest';
import { encodeFrame, encodeOpen, FrameKind, ipOf, portOf } from '../../../src/wire/index.ts';
import { hashCluster } from '../../../src/net/index.ts';
import { need } from '../../need.ts';
import { ATTACKER, CLUSTER, heapMegabytes, turn, until, Victim } from './victim.ts';

const secret = randomBytes(32).toString('base64');

test('strangers fill their own places, members come from elsewhere', async (context) => {
  need(context, 'a second loopback address', () => platform() !== 'darwin');
  const victim = await Victim.open('a', [], { secret });
  const open = encodeFrame(
    FrameKind.Open,
    encodeOpen({
      lane: 'control',
      sender: ATTACKER,
      receiver: victim.host.nodeId,
      clusterHash: hashCluster(CLUSTER),
      address: '127.0.0.1:9',
    }),
  );
  const sockets: Socket[] = [];
  const dial = async (says: Uint8Array | undefined): Promise<void> => {
    const socket = connect({ host: ipOf(victim.address), port: portOf(victim.address) });
    sockets.push(socket.on('error', () => {}).resume());
    await once(socket, 'connect');
    if (says !== undefined) socket.write(says);
  };
  const heap = await heapMegabytes();
  for (let i = 0; i < 2000; i++) {
    await dial([undefined, open, randomBytes(5), randomBytes(200)][i % 4]);
    if (i % 64 === 0) await turn();
    if (sockets.length > 300) sockets.shift()?.destroy();
    // As many as one IP may have that have not said who they are, and those that are closing.
    expect(victim.host.streamCount).toBeLessThan(100);
  }
  const { rejected } = victim.host.counters;
  expect(rejected['plain']).toBeGreaterThan(100);
  expect(rejected['unknown']).toBeGreaterThan(0);
  for (let i = 0; i < 150; i++) await dial(undefined);
  const member = await Victim.open('b', [victim.address], { secret, ip: '127.0.0.2' });
  await until(() => victim.alive.length === 2 && member.alive.length === 2);
  expect(victim.host.protocol.member('b')?.streams).toBe('yes');
  for (const socket of sockets) socket.destroy();
  expect((await heapMegabytes()) - heap).toBeLessThan(8);
  expect(victim.of('failed')).toEqual([]);
  await Promise.all([victim.host.stop(), member.host.stop()]);
});
