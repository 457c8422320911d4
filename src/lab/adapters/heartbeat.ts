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
import type { Adapter, Belief } from './adapter.ts';

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

  belief(event) {
    switch (event.type) {
      case 'member-joined':
      case 'member-rejoined':
      case 'member-refuted':
        return of('alive', event);
      case 'member-suspected':
        return of('suspect', event);
      case 'member-failed':
        return of('dead', event);
      case 'member-left':
        return of('left', event);
      default:
        return undefined;
    }
  },
};

function of(
  verdict: Belief['verdict'],
  event: Extract<HeartbeatEvent, { readonly member: unknown }>,
): Belief {
  const { name, start, counter } = event.member;
  return { verdict, name, start, counter };
}
