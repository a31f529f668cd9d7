import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { releaseAndItsObjects } from '../../fixtures/tools/named-objects.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { helmRollback } from './rollback.ts'

const repository = chartsOfTests()

describeTool(helmRollback, {
  minimal: { release_name: 'web', revision: 1 },
  good: ({ namespace }) => ({ release_name: 'stored', revision: 1, namespace, wait: false }),
  needs: 'helm',
  names: releaseAndItsObjects,
  kinds: ['Release', 'ConfigMap'],
  settings: repository.settings,
  prepare: repository.store,
  bad: [
    ['name', { release_name: 'a/b' }, `release_name "a/b" is not a name. ${letters}`],
    [
      'name, too long',
      { release_name: 'a'.repeat(54) },
      `release_name "${'a'.repeat(54)}" has 54 characters. At most 53 are allowed.`,
    ],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { revision: -1 }, 'revision must be at least 0, got -1.'],
  ],
})
