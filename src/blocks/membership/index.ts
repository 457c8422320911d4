export * from './accusation.ts';
export * from './fact.ts';
export * from './news.ts';
export * from './precedence.ts';
export * from './registry.ts';
export * from './roster.ts';
