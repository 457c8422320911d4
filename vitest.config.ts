import { defineConfig } from 'vitest/config';

/** Tests that open sockets: one file at a time, after the others, or they starve each other. */
const live = ['src/{net,cluster,agent,cli}/**/*.test.ts', 'test/{live,hostile/live}/**/*.test.ts'];

const setupFiles = ['test/seed.ts'];
/** What takes longer hangs; a busy machine is slow by a factor of ten. */
const patience = { testTimeout: 180_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          setupFiles,
          ...patience,
          include: ['{src,test,bench}/**/*.test.ts'],
          exclude: live,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'live',
          setupFiles,
          ...patience,
          include: live,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
