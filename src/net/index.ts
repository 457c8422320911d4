/** The host on Node.js: a protocol over real UDP and TCP. */
export { Counters } from './counters.ts';
export { hashCluster, nodeCrypto } from './entropy.ts';
export { Impairments, type Direction, type ImpairmentSettings } from './impairments.ts';
export { NetHost } from './net-host.ts';
export { drawSecret, keyringOf, parseSecret, type SecretKey } from './secret.ts';
export { openHost, type OpenHostOptions, type Place } from './open-host.ts';
export type { Bind, Transport } from './sockets.ts';
export { shareOf, type Shared } from './share.ts';
