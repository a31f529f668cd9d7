import { expect, it } from 'vitest'
import { requireAllowedSource } from './chart-sources.ts'

const rules = {
  allowedRegistries: ['https://charts.example/', 'oci://registry.example/team'],
  allowHttp: false,
  allowLocal: false,
}

it.each([
  'https://charts.example/web.tgz',
  'oci://registry.example/team/web',
  'oci://registry.example/team/web:1.0.0',
  `oci://registry.example/team@sha256:${'a'.repeat(64)}`,
])('%s is listed', async (chart) => {
  await expect(requireAllowedSource(chart, rules)).resolves.toBeUndefined()
})

it.each([
  'https://charts.example:8443/web.tgz',
  'https://charts.example.evil/web.tgz',
  'https://charts.example@evil.example/web.tgz',
  'oci://registry.example/teams/web',
  'oci://registry.example:5000/team/web',
])('%s is not', async (chart) => {
  await expect(requireAllowedSource(chart, rules)).rejects.toThrow(
    'begins with no entry of MCP_HELM_ALLOWED_REGISTRIES',
  )
})
