import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

const packages = resolve(import.meta.dirname, 'packages')

/**
 * The tests that the mutation tool runs: of pure files, none of which starts a server. Packages are taken from this
 * very folder: through node_modules they would be the unchanged ones.
 */
export default defineConfig({
  resolve: {
    alias: [{ find: /^@fairlead\/(agent|contract|service-kit)\/(.*)$/, replacement: `${packages}/$1/src/$2.ts` }],
  },
  test: {
    include: [
      'packages/{agent,contract}/src/**/*.test.ts',
      // Not those that take the time.
      'packages/service-kit/src/redaction/!(linear).test.ts',
      'apps/mcp/src/effect/**/!(linear).test.ts',
      'apps/mcp/src/gate/{execution-answer,form,confirm/confirmation-message}.test.ts',
      'apps/mcp/src/gate/grant/{check-grant,identity,memory-used-grants,refused,used-ids}.test.ts',
      'apps/cli/src/audit/{verify-file,row-faults,record-faults}.test.ts',
      'apps/engine/src/event-log/audit/rising-id.test.ts',
    ],
    isolate: false,
    // With all changes in them, the files are several times slower; the tool stops what never ends.
    testTimeout: 20_000,
    setupFiles: ['scripts/fixed-seed.ts'],
    env: { FAIRLEAD_SEED: '22' },
  },
})
