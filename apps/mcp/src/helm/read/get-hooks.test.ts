import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { helmGetHooks } from './get-hooks.ts'

const repository = chartsOfTests()

describeTool(helmGetHooks, {
  minimal: { release_name: 'web' },
  good: ({ namespace }) => ({ release_name: 'stored', namespace }),
  needs: 'helm',
  settings: repository.settings,
  prepare: repository.store,
  bad: [
    ['name', { release_name: 'a/b' }, `release_name "a/b" is not a name. ${letters}`],
    [
      'name, too long',
      { release_name: 'a'.repeat(54) },
      `release_name "${'a'.repeat(54)}" has 54 characters. At most 53 are allowed.`,
    ],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { revision: 0 }, 'revision must be at least 1, got 0.'],
  ],
})
