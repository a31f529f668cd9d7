import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { helmRepoRemove } from './repo-remove.ts'

const repository = chartsOfTests()

describeTool(helmRepoRemove, {
  minimal: { name: 'shop' },
  good: () => ({ name: 'kept' }),
  needs: 'helm',
  kinds: ['HelmRepository'],
  settings: repository.settingsWithRepository,
  bad: [
    [
      'name',
      { name: 'a/b' },
      `name "a/b" is not a name of at most 63 characters. A name has letters, digits, '-', '_' and '.'.`,
    ],
  ],
})
