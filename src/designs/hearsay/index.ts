/** The flagship design: membership that one can trust, and data that spreads. */
import type { Design } from '../../core/index.ts';
import { hearsayCodec } from './codec.ts';
import type { HearsayConfig } from './config.ts';
import type { HearsayEvent } from './events.ts';
import type { HearsayMessage } from './messages.ts';
import { HearsayProtocol } from './protocol.ts';
import { HearsayShared } from './shared.ts';

export const hearsay: Design<
  HearsayConfig,
  HearsayMessage,
  HearsayEvent,
  HearsayShared,
  HearsayProtocol
> = {
  name: 'hearsay',
  share: (book, crypto) => new HearsayShared(book, crypto),
  codec: hearsayCodec,
  create: (config, shared, saved) => new HearsayProtocol(config, shared, saved),
  bury: (protocol) => protocol.bury(),
};

export type { Accusation, Fact, Met, News, Streams, Tags } from '../../blocks/membership/index.ts';
export { factBytes } from './codec.ts';
export * from './config.ts';
export type { Asked, HearsayCounts } from './counts.ts';
export { Data } from './data/data.ts';
export type { Shown } from './data/display.ts';
export * from './data-events.ts';
export * from './data-messages.ts';
export * from './events.ts';
export type { Load } from './load.ts';
export * from './messages.ts';
export type { ProbeAnswer, ProbeRecord } from './probe-records.ts';
export { OWN_PREFIX, type OwnAnswer, Queries, type QueriesCounts } from './queries/queries.ts';
export { checkQueryName, type Question } from './queries/own-queries.ts';
export * from './query-events.ts';
export * from './query-messages.ts';
export { HearsayProtocol } from './protocol.ts';
export * from './topic-events.ts';
export * from './topic-messages.ts';
export { checkTopic, EMPTY_KEY, type Publication } from './publication.ts';
export * from './trace-report.ts';
export type { Traced } from './topics/traces.ts';
export { Topics, type Told } from './topics/topics.ts';
export { HearsayShared } from './shared.ts';
