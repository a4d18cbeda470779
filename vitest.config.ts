import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const timed = ['stall', 'judged', 'held', 'faults'].map((name) => `test/e2e/${name}.test.ts`);

/** What takes longest begins first, so that nothing long is left over at the end. */
const long = [
  'selftest',
  'selftest-partitioned',
  'behavior',
  'bridge',
  'run',
  'thresholds',
  'load-shapes',
  'turbine-landing',
];
const begins = ({ moduleId }: TestSpecification): number => {
  const place = long.findIndex((name) => moduleId.endsWith(`/e2e/${name}.test.ts`));
  return place < 0 ? long.length : place;
};
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => begins(a) - begins(b));
  }
}

/**
 * unit: source as it is, virtual time, in-process. e2e: the built CLI as its users start it. timed: what measures time by the real clock,
 * with nothing beside it. live: real brokers with real faults, which the suite installs and starts itself.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    coverage: {
      provider: 'v8',
      include: ['src/schedule/**', 'src/core/slot-set.ts', 'src/verify/**', 'src/cluster/**'],
      reporter: ['text'],
      reportsDirectory: 'node_modules/.cache/coverage',
      // What decides a verdict: when something is due, what is remembered of it, how it is settled, judged and merged.
      thresholds: {
        'src/schedule/**': { branches: 95 },
        'src/core/slot-set.ts': { branches: 95 },
        'src/verify/**': { branches: 95 },
        'src/cluster/**': { branches: 95 },
      },
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/live/**'],
          // No test leaves anything behind in a module, so that none has to be loaded again for each file.
          isolate: false,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: timed,
          testTimeout: 150_000,
          hookTimeout: 150_000,
          // These tests wait about as much as they work.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'timed',
          include: timed,
          testTimeout: 150_000,
          hookTimeout: 150_000,
          // A machine that had other things to do is asked again; a defect is there every time.
          retry: 2,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Most of the time they wait for brokers to start, and for what a fault takes.
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
