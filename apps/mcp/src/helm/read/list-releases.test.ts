import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { helmListReleases } from './list-releases.ts'

const repository = chartsOfTests()

describeTool(helmListReleases, {
  minimal: {},
  good: ({ namespace }) => ({ namespace }),
  needs: 'helm',
  settings: repository.settings,
  bad: [
    ['all namespaces', { namespace: 'a', all_namespaces: true }, 'namespace and all_namespaces exclude each other.'],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})
