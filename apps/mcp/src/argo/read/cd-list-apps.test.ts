import { serveApplications } from '../../fixtures/tools/applications.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { argoCdListApps } from './cd-list-apps.ts'

describeTool(argoCdListApps, {
  minimal: {},
  good: ({ namespace }) => ({ namespace }),
  prepare: serveApplications,
  bad: [
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['all namespaces', { all_namespaces: 'some' }, 'all_namespaces must be true or false, got "some".'],
  ],
})
