/** The textbook design: gossip of heartbeats. */
import type { Book, Design } from '../../core/index.ts';
import { heartbeatCodec } from './codec.ts';
import type { HeartbeatConfig } from './config.ts';
import type { HeartbeatEvent, HeartbeatMessage } from './messages.ts';
import { HeartbeatProtocol } from './protocol.ts';

export * from './codec.ts';
export * from './config.ts';
export * from './messages.ts';
export * from './protocol.ts';

/** Nodes share nothing but the address book. */
export const heartbeat: Design<
  HeartbeatConfig,
  HeartbeatMessage,
  HeartbeatEvent,
  Book,
  HeartbeatProtocol
> = {
  name: 'heartbeat',
  share: (book) => book,
  codec: () => heartbeatCodec,
  create: (config, book, saved = []) => new HeartbeatProtocol(config, book, saved),
};
