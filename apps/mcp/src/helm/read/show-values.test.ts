import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { helmShowValues } from './show-values.ts'

const repository = chartsOfTests()

describeTool(helmShowValues, {
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
      'chart, another protocol',
      { chart: 'ftp://charts.example/web.tgz' },
      'chart "ftp://charts.example/web.tgz" is not a URL of oci:, https:, http:.',
    ],
  ],
})
