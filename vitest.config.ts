import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{packages,apps}/*/src/**/*.test.{ts,tsx}', '{bench,scripts,tests}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'threads',
    // Two cores: more workers than this only wait for each other, and for the servers beside them.
    maxWorkers: 2,
    globalSetup: ['packages/testing/src/shared-servers.setup.ts'],
    testTimeout: 15_000,
    hookTimeout: 60_000,
    coverage: {
      include: ['{packages,apps}/*/src/**/*.{ts,tsx}'],
      exclude: ['**/*.test.{ts,tsx}', 'packages/testing/**'],
    },
  },
})
