import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { badReleaseNames, chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { helmTemplate } from './template.ts'

const repository = chartsOfTests()

describeTool(helmTemplate, {
  minimal: { release_name: 'web', chart: 'https://charts.example/web.tgz' },
  good: ({ namespace }) => ({ release_name: 'web', chart: `${repository.url}/web-1.0.0.tgz`, namespace }),
  needs: 'helm',
  settings: repository.settings,
  bad: [
    ...badReleaseNames,
    [
      'chart',
      { chart: 'web' },
      'chart "web" is not a chart. A chart is REPO/CHART, oci://HOST/PATH[:TAG] or https://HOST/PATH.tgz.',
    ],
    [
      'chart, a login in it',
      { chart: 'https://a:b@charts.example/web.tgz' },
      'chart must not have a user name or a password in it.',
    ],
    [
      'chart, another protocol',
      { chart: 'ftp://charts.example/web.tgz' },
      'chart "ftp://charts.example/web.tgz" is not a URL of oci:, https:, http:.',
    ],
    ['version', { version: 'latest' }, 'version "latest" is not a SemVer version or range without spaces.'],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['document', { values: '- a' }, 'values must be a mapping that is not empty, as in "replicaCount: 2".'],
  ],
})
