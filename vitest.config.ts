import { defineConfig } from 'vitest/config'

const isFull = process.env.FAIRLEAD_FULL === '1'
/** What only the full run has time for. */
const long = [
  'tests/conformance/**',
  'tests/demo/real-cluster.test.ts',
  'packages/sandbox/src/differences/kubectl.test.ts',
]

export default defineConfig({
  test: {
    include: ['{packages,apps}/*/src/**/*.test.{ts,tsx}', '{bench,scripts,tests}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', ...(isFull ? [] : long)],
    pool: 'threads',
    // No module of ours keeps state of its own: loading each once for all files of a worker halves the work of small ones.
    isolate: false,
    // On two cores a third worker uses the time in which the others wait. The full run measures: there it would disturb.
    maxWorkers: isFull ? 2 : 3,
    globalSetup: ['packages/testing/src/shared-servers.setup.ts'],
    testTimeout: 15_000,
    hookTimeout: 60_000,
    coverage: {
      include: ['{packages,apps}/*/src/**/*.{ts,tsx}'],
      exclude: ['**/*.test.{ts,tsx}', 'packages/testing/**'],
    },
  },
})
