import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { helmRepoAdd } from './repo-add.ts'

const repository = chartsOfTests()

describeTool(helmRepoAdd, {
  minimal: { name: 'shop', url: 'https://charts.example' },
  good: () => ({ name: 'shop', url: repository.url }),
  needs: 'helm',
  kinds: ['HelmRepository'],
  settings: repository.settings,
  bad: [
    [
      'name',
      { name: 'a/b' },
      `name "a/b" is not a name of at most 63 characters. A name has letters, digits, '-', '_' and '.'.`,
    ],
    ['chart', { url: 'file:///etc' }, 'url "file:///etc" is not a URL of https:, http:.'],
    [
      'chart, a login in it',
      { url: 'https://a:b@charts.example' },
      'url must not have a user name or a password in it.',
    ],
  ],
})
