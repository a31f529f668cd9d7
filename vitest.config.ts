import { defineConfig } from 'vitest/config'
import { clusterTests } from './packages/testing/src/cluster/cluster-tests.ts'
import { isOnSandbox } from './packages/testing/src/cluster/is-on-sandbox.ts'

const isFull = process.env.FAIRLEAD_FULL === '1'
/** What only the full run has time for. */
const long = [
  'tests/e2e/blocked.test.ts',
  'tests/e2e/delivery.test.ts',
  'tests/conformance/**',
  'tests/mutants/kept-mutants.test.ts',
  'tests/demo/real-cluster.test.ts',
  'packages/sandbox/src/differences/kubectl.test.ts',
]

const modules = ['{packages,apps}/*/src/**/*.test.{ts,tsx}', '{bench,scripts}/**/*.test.ts']
const wire = ['tests/wire/**/*.test.ts']
const products = ['tests/!(wire|gate)/**/*.test.ts']
const gate = ['tests/gate/**/*.test.ts']

/** Test files of one project share what is loaded, which saves a fifth of the time. In the long runs each file loads its own. */
const isShared = !isFull && !isOnSandbox()
const projects = [
  { extends: true as const, test: { name: 'modules', include: modules, isolate: false } },
  { extends: true as const, test: { name: 'products', include: products } },
  // What fails there blocks a release: no second try makes it pass.
  { extends: true as const, test: { name: 'wire', include: wire, isolate: false, retry: 0 } },
  { extends: true as const, test: { name: 'gate', include: gate, retry: 0 } },
]

export default defineConfig({
  test: {
    projects: isShared ? projects : undefined,
    include: isShared
      ? []
      : isOnSandbox()
        ? clusterTests(import.meta.dirname)
        : [...modules, ...products, ...wire, ...gate],
    runner: isOnSandbox() ? 'scripts/sandbox-runner.ts' : undefined,
    exclude: ['**/node_modules/**', '**/dist/**', ...(isFull ? [] : long)],
    pool: 'threads',
    // On two cores a third worker uses the time in which the others wait. The full run measures: there it would disturb.
    maxWorkers: isFull ? 2 : 3,
    setupFiles: ['scripts/real-clock.ts'],
    globalSetup: ['packages/testing/src/shared/shared-servers.setup.ts'],
    // Three real products on two cores: what a second try heals is named at the end. The full run gives none, of which
    // the one on the sandbox is a part.
    retry: isShared ? 1 : 0,
    testTimeout: 15_000,
    hookTimeout: 60_000,
    coverage: {
      include: ['{packages,apps}/*/src/**/*.{ts,tsx}'],
      exclude: ['**/*.test.{ts,tsx}', 'packages/testing/**'],
    },
  },
})
