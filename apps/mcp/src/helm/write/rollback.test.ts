import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { badReleaseNames, chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { releaseAndItsObjects } from '../../fixtures/tools/named-objects.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
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
    ...badReleaseNames,
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { revision: -1 }, 'revision must be at least 0, got -1.'],
  ],
})
