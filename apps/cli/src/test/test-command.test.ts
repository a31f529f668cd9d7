import { execFile } from 'node:child_process'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const main = resolve(import.meta.dirname, '../main.ts')

type Ended = { code: number; stdout: string; stderr: string }

function fairleadTest(args: string[], extraEnv: NodeJS.ProcessEnv = {}): Promise<Ended> {
  // Servers of this run are no business of a run of its own.
  const env = { ...process.env, FAIRLEAD_FULL: '', FAIRLEAD_SHARED_SERVERS: undefined, CI: '', ...extraEnv }
  return new Promise((ended) => {
    execFile(process.execPath, [main, 'test', '--no-install', ...args], { env }, (error, stdout, stderr) => {
      ended({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

test('a path that matches nowhere is named, and nothing runs', async () => {
  const { code, stdout, stderr } = await fairleadTest(['nowhere/at/all', 'tests/conformance', 'cli/src/test'])
  expect([code, stdout]).toEqual([1, '0 passed, 2 failed\n'])
  expect(stderr).toBe(
    "failed: no test file's path holds nowhere/at/all\nfailed: tests/conformance holds only tests that run with --full\n",
  )
}, 30_000)

test('a path that matches in one project is enough', async () => {
  const { code, stdout } = await fairleadTest([
    'cli/src/test/system-packages',
    './packages/testing/src/cluster/require-nodes',
  ])
  expect([code, stdout]).toEqual([0, '6 passed, 0 failed\n'])
}, 30_000)

test('what is skipped is named with the part that is missing, and fails where CI must skip nothing', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'fairlead-no-kubernetes-'))
  for (const CI of ['', 'true']) {
    const { code, stdout, stderr } = await fairleadTest(['testing/src/cluster/api-server'], {
      KUBEBUILDER_ASSETS: folder.path,
      CI,
    })
    expect(stdout).toMatch(/^[1-9]\d* passed, 0 failed, [1-9]\d* skipped\n$/)
    expect(stderr).toMatch(
      /^skipped, [1-9]\d*: etcd in \S+ is missing\. Set KUBE.*\n(?: {2}.*\n)* {2}.*runs the pods of a Deployment/m,
    )
    expect(code).toBe(CI === 'true' ? 1 : 0)
  }
}, 60_000)
