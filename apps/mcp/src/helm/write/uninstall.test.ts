import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { badReleaseNames, chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { releaseAndItsObjects } from '../../fixtures/tools/named-objects.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { helmUninstall } from './uninstall.ts'

const repository = chartsOfTests()

describeTool(helmUninstall, {
  minimal: { release_name: 'web' },
  good: ({ namespace }) => ({ release_name: 'stored', namespace }),
  needs: 'helm',
  names: releaseAndItsObjects,
  kinds: ['Release', 'Secret', 'ConfigMap', 'Deployment'],
  settings: repository.settings,
  prepare: repository.store,
  bad: [
    ...badReleaseNames,
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['bool', { keep_history: 'some' }, 'keep_history must be true or false, got "some".'],
  ],
})
