import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { badReleaseNames, chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { releaseAndItsObjects } from '../../fixtures/tools/named-objects.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { helmTest } from './test.ts'

const repository = chartsOfTests()

describeTool(helmTest, {
  minimal: { release_name: 'web' },
  good: ({ namespace }) => ({ release_name: 'stored', namespace, timeout_seconds: 20 }),
  needs: 'helm',
  settings: repository.settings,
  prepare: repository.store,
  kinds: ['ConfigMap'],
  names: releaseAndItsObjects,
  bad: [
    ...badReleaseNames,
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { timeout_seconds: 271 }, 'timeout_seconds must be between 1 and 270, got 271.'],
  ],
})
