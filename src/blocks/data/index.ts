export * from './chunk-service.ts';
export * from './chunk-set.ts';
export * from './content.ts';
export * from './content-fetch.ts';
export * from './content-store.ts';
