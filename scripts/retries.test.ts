import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'

const root = resolve(import.meta.dirname, '..')

afterEach(() => {
  vi.unstubAllEnvs()
  vi.resetModules()
})

type Project = { test: { name: string; retry?: number } }

async function config(full: boolean, cluster?: string): Promise<{ retry: number; projects: Project[] }> {
  vi.stubEnv('FAIRLEAD_FULL', full ? '1' : '')
  vi.stubEnv('FAIRLEAD_CLUSTER', cluster)
  vi.resetModules()
  const { test } = (await import('../vitest.config.ts')).default as {
    test: { retry: number; projects: Project[] | undefined }
  }
  return { retry: test.retry, projects: test.projects ?? [] }
}

test('the ordinary run has one second try, and none for the gate and the wire', async () => {
  const { retry, projects } = await config(false)
  expect(retry).toBe(1)
  const tries = Object.fromEntries(projects.map(({ test }) => [test.name, test.retry ?? retry]))
  expect(tries).toEqual({ modules: 1, products: 1, wire: 0, gate: 0 })
})

test('the full run has none', async () => {
  expect(await config(true)).toMatchObject({ retry: 0, projects: [] })
  expect(await config(false, 'sandbox')).toMatchObject({ retry: 0, projects: [] })
})

test('no test has tries of its own', () => {
  const files = globSync('{apps,packages,tests,bench}/**/*.{test,fixture}.{ts,tsx}', {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  })
  expect(files.length).toBeGreaterThan(300)
  expect(files.filter((file) => /[{,]\s*retry:\s*\d/.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
})
