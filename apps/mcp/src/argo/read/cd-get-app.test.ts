import { makeApplication, serveApplications } from '../../fixtures/tools/applications.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { applicationOf } from '../../fixtures/tools/named-objects.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { argoCdGetApp } from './cd-get-app.ts'

describeTool(argoCdGetApp, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'shown', namespace }),
  names: applicationOf,
  kinds: ['Application'],
  prepare: async (api, namespace) => {
    await serveApplications(api)
    await makeApplication(api, namespace, { name: 'shown' })
  },
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})
