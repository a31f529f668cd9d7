import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { badReleaseNames, chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { releaseAndItsObjects } from '../../fixtures/tools/named-objects.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { helmInstallWithValues } from './install-with-values.ts'

const repository = chartsOfTests()

const good = (namespace: string) => ({
  release_name: 'valued',
  chart: `${repository.url}/web-1.0.0.tgz`,
  values: 'color: red',
  namespace,
  create_namespace: false,
})

describeTool(helmInstallWithValues, {
  minimal: { release_name: 'web', chart: 'https://charts.example/web.tgz', values: 'a: 1' },
  good: ({ namespace }) => good(namespace),
  documents: {
    min: 83,
    make: ({ namespace, hostile }) =>
      hostile.map((value, index) => {
        const values = JSON.stringify({ color: value })
        const args = { ...good(namespace), release_name: `hostile-${index}`, values }
        return { parameter: 'values', value, args, names: releaseAndItsObjects(args, { namespace }) }
      }),
  },
  needs: 'helm',
  names: releaseAndItsObjects,
  kinds: ['Release', 'Secret', 'ConfigMap', 'Deployment'],
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
    ['number', { timeout_seconds: 0 }, 'timeout_seconds must be between 1 and 270, got 0.'],
    ['document', { values: '{}' }, 'values must be a mapping that is not empty, as in "replicaCount: 2".'],
  ],
})
