import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { badReleaseNames, chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { helmHistory } from './history.ts'

const repository = chartsOfTests()

describeTool(helmHistory, {
  minimal: { release_name: 'web' },
  good: ({ namespace }) => ({ release_name: 'stored', namespace }),
  needs: 'helm',
  settings: repository.settings,
  prepare: repository.store,
  bad: [
    ...badReleaseNames,
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { max_revisions: 0 }, 'max_revisions must be between 1 and 256, got 0.'],
  ],
})
