export * from './local-health.ts';
export * from './suspicion.ts';
