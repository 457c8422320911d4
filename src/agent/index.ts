export * from './agent.ts';
export * from './control-client.ts';
export type { Info, Notice } from './control.ts';
export * from './socket-path.ts';
export * from './version.ts';
