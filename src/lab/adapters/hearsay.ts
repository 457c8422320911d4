import {
  hearsay,
  hearsayConfig,
  PRESETS,
  type HearsayConfig,
  type HearsayEvent,
  type HearsayMessage,
  type HearsayProtocol,
  type HearsayShared,
} from '../../designs/hearsay/index.ts';
import type { Adapter } from './adapter.ts';

export const hearsayAdapter: Adapter<
  HearsayConfig,
  HearsayMessage,
  HearsayEvent,
  HearsayShared,
  HearsayProtocol
> = {
  design: hearsay,

  config(name, seeds, tuning) {
    const { fanout: gossipFanout = PRESETS.lan.gossipFanout } = tuning;
    // Whoever has no seeds is never told by the server of a first exchange that streams reach it.
    const streams = seeds.length === 0 ? 'yes' : 'unknown';
    return hearsayConfig({ name, seeds, gossipFanout, streams, ...tuning.hearsay });
  },

  acquaint(hosts) {
    const facts = hosts.map((host) => host.call((protocol) => protocol.fact));
    for (const host of hosts) host.call((protocol, env) => protocol.know(env, facts));
  },

  live: (protocol) => protocol.live,
  rounds: (protocol) => protocol.gossipTicks,
};
