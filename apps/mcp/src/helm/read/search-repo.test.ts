import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { helmSearchRepo } from './search-repo.ts'

const repository = chartsOfTests()

describeTool(helmSearchRepo, {
  minimal: { keyword: 'web' },
  good: () => ({ keyword: 'web' }),
  needs: 'helm',
  settings: repository.settings,
  bad: [
    ['free text', { keyword: 'a'.repeat(201) }, 'keyword has 201 characters. At most 200 are allowed.'],
    ['version', { version: 'latest' }, 'version "latest" is not a SemVer version or range without spaces.'],
    ['number', { max_col_width: 9 }, 'max_col_width must be between 10 and 500, got 9.'],
  ],
})
