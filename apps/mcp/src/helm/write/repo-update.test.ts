import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { helmRepoUpdate } from './repo-update.ts'

const repository = chartsOfTests()

describeTool(helmRepoUpdate, {
  minimal: {},
  good: () => ({}),
  needs: 'helm',
  kinds: ['HelmRepository'],
  settings: repository.settingsWithRepository,
  bad: [['known parameter', { name: 'shop' }, '"name" is not a parameter. Known parameters: dry_run.']],
})
