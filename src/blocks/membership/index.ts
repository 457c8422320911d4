export * from './accusation.ts';
export * from './fact.ts';
export * from './news.ts';
