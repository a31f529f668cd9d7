import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { badReleaseNames, chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { helmGetNotes } from './get-notes.ts'

const repository = chartsOfTests()

describeTool(helmGetNotes, {
  minimal: { release_name: 'web' },
  good: ({ namespace }) => ({ release_name: 'stored', namespace }),
  needs: 'helm',
  settings: repository.settings,
  prepare: repository.store,
  bad: [
    ...badReleaseNames,
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { revision: 0 }, 'revision must be at least 1, got 0.'],
  ],
})
