// A node in a process without descriptors: it tells its parent what becomes of a dial then.
import { closeSync, openSync } from 'node:fs';
import { openHost } from '../../../dist/net/index.js';

const [address, nodeId] = process.argv.slice(2);

const protocol = {
  start() {},
  receive() {},
  wake() {},
  unreachable: (env, _peer, token, why) => env.emit({ type: 'unreachable', token, why }),
  dial: (env, token) => env.sendReliably(host.book.peer(address, nodeId), 'x', token),
  members: () => [],
  checksum: () => 0,
};
const codec = { sizeOf: () => 1, encode: (_message, to) => to.u8(0), decode: (from) => from.u8() };
const host = await openHost({
  design: { name: 'dialler', share: () => undefined, codec: () => codec, create: () => protocol },
  config: () => undefined,
  cluster: 'test',
  bind: { ip: '127.0.0.1', port: 0 },
});
host.on((event) => process.send(event));

const files = [];
const commands = {
  exhaust() {
    try {
      for (;;) files.push(openSync('/dev/null', 'r'));
    } catch (error) {
      process.send({ type: 'exhausted', code: error.code });
    }
    host.call((own, env) => own.dial(env, 1));
  },
  release() {
    for (const file of files.splice(0)) closeSync(file);
    host.call((own, env) => own.dial(env, 2));
  },
  async stop() {
    process.send({ type: 'stopping', failures: host.counters.failures });
    await host.stop();
    process.disconnect();
  },
};
process.on('message', (command) => commands[command]());
process.send({ type: 'ready', address: host.address, nodeId: host.nodeId });
