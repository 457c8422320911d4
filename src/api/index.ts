export * from './cluster.ts';
export type { EventStream, Overflow } from './event-stream.ts';
export type * from './events.ts';
export type { Listener } from './listeners.ts';
export * from './logger.ts';
export type { Member } from './member.ts';
export * from './members.ts';
export type * from './platform.ts';
