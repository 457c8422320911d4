export { checksumFirst } from './checksum-first.ts';
export { fullState } from './full-state.ts';
export { rateless } from './rateless.ts';
export { Replica, type Fact } from './replica.ts';
export type { Side, Strategy, SyncMessage, SyncMode } from './strategy.ts';
export { threeWay } from './three-way.ts';
export { versionDigests } from './version-digests.ts';
