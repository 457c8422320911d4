export * from './transmit-queue.ts';
