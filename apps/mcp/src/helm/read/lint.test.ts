import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { helmLint } from './lint.ts'

const repository = chartsOfTests()

describeTool(helmLint, {
  minimal: { chart: 'https://charts.example/web.tgz' },
  good: () => ({ chart: `${repository.url}/web-1.0.0.tgz` }),
  needs: 'helm',
  settings: repository.settings,
  bad: [
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
      'version',
      { version: 'latest', chart: 'https://charts.example/web.tgz' },
      'version "latest" is not a SemVer version or range without spaces.',
    ],
    [
      'document',
      { values: '- a', chart: 'https://charts.example/web.tgz' },
      'values must be a mapping that is not empty, as in "replicaCount: 2".',
    ],
  ],
})
