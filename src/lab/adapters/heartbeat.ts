import type { Book } from '../../core/index.ts';
import {
  HEARTBEAT_DEFAULTS,
  heartbeat,
  heartbeatConfig,
  type HeartbeatConfig,
  type HeartbeatEvent,
  type HeartbeatMessage,
  type HeartbeatProtocol,
} from '../../designs/heartbeat/index.ts';
import type { Adapter } from './adapter.ts';

export const heartbeatAdapter: Adapter<
  HeartbeatConfig,
  HeartbeatMessage,
  HeartbeatEvent,
  Book,
  HeartbeatProtocol
> = {
  design: heartbeat,

  config(name, seeds, tuning) {
    const { fanout = HEARTBEAT_DEFAULTS.fanout, mode = HEARTBEAT_DEFAULTS.mode } = tuning;
    return heartbeatConfig({ name, seeds, fanout, mode, ...tuning.heartbeat });
  },

  acquaint(hosts) {
    const facts = hosts.map((host) => host.call((protocol) => protocol.own));
    for (const host of hosts) host.call((protocol, env) => protocol.know(env, facts));
  },

  live: (protocol) => protocol.live,
  rounds: (protocol) => protocol.rounds,
};
