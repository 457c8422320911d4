/** Data that spreads: values, entries of state and map, and the clock that orders the map. */
export * from './entry.ts';
export * from './hybrid-clock.ts';
export * from './pace.ts';
export * from './stamp.ts';
export * from './value.ts';
