import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { temporaryFolder } from '../temporary-folder.ts'
import type { Bench } from './bench.ts'

const checkout = resolve(import.meta.dirname, '../../..')
const TASK_MS = 50
const ANSWER_MS = 100
const HEAP_MB = 300
/** The tests that measure, by the words with which their names begin. */
const scenes = ['2,000 messages, and 200 events a second', 'very many lines, very fast'] as const

/**
 * What a person feels of the page in Chromium, on the production build: a chat of 2,000 messages into which 200 events a
 * second stream, and 100,000 lines of output at 5,000 a second. The tests of the page play the scenes, and check in them
 * that everything works.
 */
export const page: Bench = async (_servers, report) => {
  await using folder = await temporaryFolder()
  const results = join(folder.path, 'results.json')
  const files = ['tests/browser/speed.test.ts', 'tests/browser/terminal.test.ts']
  const reporting = ['--reporter=json', `--outputFile=${results}`]
  const child = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--maxWorkers=1', '-t', `^(${scenes.join('|')})`, ...reporting, ...files],
    { cwd: checkout, env: { ...process.env, FAIRLEAD_FULL: '1' }, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`The page's tests ended with ${code}: ./fairlead test ${files.join(' ')}`)
  const { testResults } = JSON.parse(await readFile(results, 'utf8')) as Results
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  for (const scene of scenes) {
    const felt = tests.find(({ title }) => title.startsWith(scene))?.meta.felt
    if (felt === undefined) throw new Error(`No test of the page measured "${scene}".`)
    report({ name: `page, ${scene}: longest task`, value: felt.longestTaskMs, unit: 'ms', bar: { atMost: TASK_MS } })
    report({ name: `page, ${scene}: answer`, value: felt.slowestAnswerMs, unit: 'ms', bar: { atMost: ANSWER_MS } })
    report({ name: `page, ${scene}: memory`, value: felt.heapMb, unit: 'MiB', bar: { atMost: HEAP_MB } })
  }
}

/** What vitest's JSON reporter writes, as far as it is used here. */
type Results = {
  testResults: { assertionResults: { title: string; meta: { felt?: Felt } }[] }[]
}
type Felt = { longestTaskMs: number; slowestAnswerMs: number; heapMb: number }
