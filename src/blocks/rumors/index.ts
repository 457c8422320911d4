export * from './bounded-queue.ts';
export * from './fair-queue.ts';
export * from './fair-share.ts';
export * from './rumor-table.ts';
export * from './stop-rule.ts';
export * from './transmit-queue.ts';
