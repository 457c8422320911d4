/** Bytes: readers and writers, addresses, checksums, and wire version 1. */
export * from './address.ts';
export * from './choice.ts';
export * from './crc32.ts';
export * from './envelope.ts';
export * from './node-id.ts';
export * from './reader.ts';
export * from './stream.ts';
export * from './writer.ts';
export { varintBytes } from '../core/index.ts';
