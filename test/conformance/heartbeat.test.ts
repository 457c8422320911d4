import { heartbeat, heartbeatConfig } from '../../src/designs/heartbeat/index.ts';
import { conforms } from './suite.ts';

conforms({
  design: heartbeat,
  config: (name, seeds) => heartbeatConfig({ name, seeds }),
  leave: (protocol, env) => protocol.leave(env),
});
