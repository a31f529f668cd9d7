import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { badReleaseNames, chartsOfTests } from '../../fixtures/tools/helm-world.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { helmDiff } from './diff.ts'

const repository = chartsOfTests()

describeTool(helmDiff, {
  minimal: { release_name: 'web' },
  good: ({ namespace }) => ({ release_name: 'stored', namespace }),
  needs: 'helm',
  settings: repository.settings,
  prepare: repository.store,
  bad: [
    ...badReleaseNames,
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['number', { revision: 0 }, 'revision must be at least 1, got 0.'],
    ['number, of the other', { to_revision: 0 }, 'to_revision must be at least 1, got 0.'],
    [
      'whole call',
      { to_revision: 2, chart: 'https://charts.example/web.tgz' },
      'chart and to_revision exclude each other.',
    ],
    ['whole call, values alone', { values: 'a: 1' }, 'values and version need a chart.'],
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
