import { execFile, execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { kubernetesAssets } from '@fairlead/testing/cluster/kubernetes-assets'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KeptMutant, keptMutants } from './kept-mutants.fixture.ts'
import { copyCheckout, type ScratchCheckout } from './scratch-checkout.fixture.ts'

let scratch: ScratchCheckout
beforeAll(async () => {
  scratch = await copyCheckout()
}, 120_000)
afterAll(() => scratch?.remove(), 60_000)

type Results = { passed: string[]; failed: string[]; output: string }

test('without any of them every named test passes', { timeout: 900_000 }, async () => {
  const { passed, failed, output } = await runTests([...new Set(keptMutants.map(({ file }) => file))])
  expect(failed, output).toEqual([])
  expect(passed).toEqual(expect.arrayContaining(keptMutants.map(({ test: name }) => name)))
})

test.each(keptMutants)('$patch: "$test" fails, and no other test of its file', { timeout: 600_000 }, async (mutant) => {
  patch(mutant, [])
  try {
    const { failed, output } = await runTests([mutant.file])
    expect([...new Set(failed)], output).toEqual([mutant.test])
  } finally {
    patch(mutant, ['--reverse'])
  }
})

function patch({ patch: name, file }: KeptMutant, options: readonly string[]): void {
  try {
    execFileSync('git', ['apply', ...options, join(import.meta.dirname, name)], { cwd: scratch.root, stdio: 'pipe' })
  } catch (cause) {
    const sentence = `tests/mutants/${name} no longer applies: the code that it breaks has changed. Make the patch anew, so that "${file}" still has to find that fault.`
    throw new Error(sentence, { cause })
  }
}

/** Titles of the tests of these files in the copy; each as often as it was run. */
async function runTests(files: readonly string[]): Promise<Results> {
  const report = join(scratch.root, '.artefacts/report.json')
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...files,
    '--retry=0',
    '--reporter=json',
    `--outputFile=${report}`,
  ]
  // Neither the full run's own settings nor the servers of the run that this test is part of.
  const { FAIRLEAD_FULL: _, FAIRLEAD_SHARED_SERVERS: __, VITEST: ___, ...env } = process.env
  const output = await new Promise<string>((ended) => {
    const options = { cwd: scratch.root, env: { ...env, KUBEBUILDER_ASSETS: kubernetesAssets().binaries } }
    execFile(process.execPath, args, { ...options, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) =>
      ended(`${stdout}\n${stderr}`.slice(-4_000)),
    )
  })
  const { testResults }: Report = JSON.parse(
    await readFile(report, 'utf8').catch(() => {
      throw new Error(`The tests could not be run:\n${output}`)
    }),
  )
  const all = testResults.flatMap(({ assertionResults }) => assertionResults)
  // A test whose part this machine lacks finds nothing.
  const ran = all.filter(({ failureMessages }) => !failureMessages.some((text) => text.startsWith('MissingPart:')))
  const titled = (wanted: string) => ran.flatMap(({ title, status }) => (status === wanted ? [title] : []))
  if (all.length === 0) throw new Error(`No test was run:\n${output}`)
  return { passed: titled('passed'), failed: titled('failed'), output }
}

type Report = { testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[] }
