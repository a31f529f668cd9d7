import { expect, test } from 'vitest'
import { chartReference } from './chart.ts'
import { InvalidInput } from './invalid-input.ts'

test.each([
  'shop/web',
  'https://charts.example/team/web-1.0.0.tgz',
  'https://charts.example/..web.tgz?token=a/../b',
  'oci://charts.example/team/web:1.0.0',
  'https://bucket.example/web-1.0.0.tgz?X-Amz-Credential=AKIA%2F20260101%2Fus',
  'https://gitlab.example/api/v4/projects/group%2Fproject/packages/helm/stable/charts/web-1.0.0.tgz',
])('%s is a chart', (chart) => {
  expect(chartReference('chart', chart)).toBe(chart)
})

test.each([
  'https://charts.example/team/../other/web.tgz',
  'https://charts.example/team/./web.tgz',
  'https://charts.example/team/%2e%2e/other/web.tgz',
  'https://charts.example/team/.%2E/other/web.tgz',
  'https://charts.example/team%2f..%2fother/web.tgz',
  'https://charts.example/team/..',
  'https://charts.example/team\\..\\other/web.tgz',
  'oci://charts.example/team/../other/web',
])('%s leads elsewhere than it says', (chart) => {
  expect(() => chartReference('chart', chart)).toThrow(InvalidInput)
})
