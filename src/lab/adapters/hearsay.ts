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
import type { Adapter, Belief } from './adapter.ts';

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
    return hearsayConfig({ name, seeds, gossipFanout, ...tuning.hearsay });
  },

  acquaint(hosts) {
    const facts = hosts.map((host) => host.call((protocol) => protocol.fact));
    for (const host of hosts) host.call((protocol, env) => protocol.know(env, facts));
  },

  live: (protocol) => protocol.live,
  rounds: (protocol) => protocol.gossipTicks,

  belief(event) {
    switch (event.type) {
      case 'member-joined':
      case 'member-rejoined':
      case 'member-refuted':
        return of('alive', event);
      case 'member-suspected':
        return event.again ? undefined : of('suspect', event); // One more accuser is no new belief.
      case 'member-failed':
        return of('dead', event);
      case 'member-left':
      case 'member-evicted':
        return of('left', event);
      default:
        return undefined;
    }
  },
};

function of(
  verdict: Belief['verdict'],
  event: Extract<HearsayEvent, { readonly member: unknown }>,
): Belief {
  const { name, start, counter } = event.member;
  return { verdict, name, start, counter };
}
