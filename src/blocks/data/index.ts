/** Data that spreads: values, entries of state and map, and the clock that orders the map. */
export * from './chunk-service.ts';
export * from './chunk-set.ts';
export * from './content.ts';
export * from './content-fetch.ts';
export * from './content-store.ts';
export * from './entry.ts';
export * from './hybrid-clock.ts';
export * from './pace.ts';
export * from './stamp.ts';
export * from './value.ts';
export * from './versions.ts';
