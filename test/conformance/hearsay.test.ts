import { hearsay, hearsayConfig } from '../../src/designs/hearsay/index.ts';
import { conforms } from './suite.ts';

conforms({
  design: hearsay,
  config: (name, seeds) => hearsayConfig({ name, seeds }),
  leave: (protocol, env) => protocol.leave(env),
});
