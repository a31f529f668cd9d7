import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { helmListRepos } from './list-repos.ts'

const repository = chartsOfTests()

describeTool(helmListRepos, {
  minimal: {},
  good: () => ({}),
  needs: 'helm',
  settings: repository.settings,
  bad: [],
})
