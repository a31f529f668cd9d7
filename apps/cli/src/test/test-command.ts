import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { checkPaths } from './check-paths.ts'
import { checks } from './checks.ts'
import { runStep } from './run-step.ts'
import { installSystemPackages } from './system-packages.ts'
import { addSummary, emptySummary, type FileTimes, labelled, type TestSummary } from './test-summary.ts'

type TestOptions = { full?: boolean; checks?: boolean; install: boolean }

const root = resolve(import.meta.dirname, '../../../..')
/** What tests leave for people to look at: screenshots, figures. */
const artefacts = join(root, '.artefacts')
const say = (line: string) => void process.stderr.write(`${line}\n`)

export function testCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('test')
    .description('check and test everything, about 15 minutes on two cores')
    .argument('[files...]', 'only test files whose path holds one of these, and no checks')
    .option(
      '--full',
      'with the long suites: chaos, properties, conformance, kept mutants, and on the sandbox what meets a cluster',
    )
    .option('--checks', 'only what needs no running product: types, lint, imports, lock, generated files')
    .option('--no-install', 'install no Debian packages: what needs one that is missing is skipped, and named')
    .action(async (files: string[], options: TestOptions) => {
      process.exitCode = await runTests(files, options, env)
    })
}

/** Resolves to the exit code. The last line on stdout is `N passed, N failed`, with what was skipped if anything was. */
async function runTests(files: string[], options: TestOptions, env: NodeJS.ProcessEnv): Promise<number> {
  const summary = emptySummary()
  const suiteEnv = options.full ? { ...env, FAIRLEAD_FULL: '1' } : env
  if (!options.checks) {
    summary.failed.push(...(await checkPaths(root, files, suiteEnv)))
    if (summary.failed.length > 0) return sayOutcome(summary, env)
    await installSystemPackages({ env, install: options.install, isRoot: process.getuid?.() === 0, say })
  }
  for (const check of files.length > 0 && !options.checks ? [] : checks(root, env)) {
    say(`\n== ${check.name}`)
    if ((await runStep(check)) === 0) summary.passed++
    else summary.failed.push(check.name)
  }
  if (!options.checks) {
    if (files.length === 0) await prepareWholeRun(summary, env)
    addSummary(summary, await runSuite('tests', files, suiteEnv))
    const sandboxEnv = { ...env, FAIRLEAD_CLUSTER: 'sandbox' }
    // Of paths that are named, none may meet a cluster.
    if (options.full && (await checkPaths(root, files, sandboxEnv)).length < Math.max(files.length, 1)) {
      // The long forms have shown what they show on the real API server.
      const onSandbox = await runSuite('tests on the sandbox', files, sandboxEnv)
      addSummary(summary, labelled(onSandbox, 'on the sandbox'))
    }
    await sayTimes(summary.files)
  }
  if (!options.checks && existsSync(artefacts)) say(`\nScreenshots and what else there is to look at: ${artefacts}`)
  return sayOutcome(summary, env)
}

/** Names all that did not simply pass. Returns the exit code. */
function sayOutcome(summary: TestSummary, env: NodeJS.ProcessEnv): number {
  for (const name of summary.unsteady) say(`passed at the second try: ${name}`)
  for (const name of summary.failed) say(`failed: ${name}`)
  for (const [why, skipped] of Map.groupBy(summary.skipped, ({ why }) => why)) {
    say(`skipped, ${skipped.length}: ${why ?? 'no part is missing; the test itself or its set-up says so.'}`)
    for (const { name } of skipped) say(`  ${name}`)
  }
  const skipped = summary.skipped.length > 0 ? `, ${summary.skipped.length} skipped` : ''
  process.stdout.write(`${summary.passed} passed, ${summary.failed.length} failed${skipped}\n`)
  const mustNotSkip = env.CI === 'true'
  return summary.failed.length > 0 || (mustNotSkip && summary.skipped.length > 0) ? 1 : 0
}

/** Where the time goes is what a contributor must know to keep the whole short. */
async function sayTimes(files: readonly FileTimes[]): Promise<void> {
  const lines = files.map(({ file, loadMs, runMs }) => `${seconds(runMs)} s, loaded in ${seconds(loadMs)} s  ${file}`)
  await mkdir(artefacts, { recursive: true })
  await writeFile(join(artefacts, 'times.txt'), `${lines.join('\n')}\n`)
  if (lines.length > 10) say(`\nThe slowest files (all of them in ${join(artefacts, 'times.txt')}):`)
  for (const line of lines.length > 10 ? lines.slice(0, 10) : []) say(line)
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1).padStart(6)
}

/** Artefacts are of this run alone; and no test waits for the page to be built while its own time runs. */
async function prepareWholeRun(summary: TestSummary, env: NodeJS.ProcessEnv): Promise<void> {
  await rm(artefacts, { recursive: true, force: true })
  say('\n== build: the page')
  const args = [join(root, 'scripts/build-page.ts')]
  const code = await runStep({ name: 'build: the page', command: process.execPath, args, env, cwd: root })
  if (code === 0) summary.passed++
  else summary.failed.push('build: the page')
}

async function runSuite(name: string, files: string[], env: NodeJS.ProcessEnv): Promise<TestSummary> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-test-'))
  const path = join(folder, 'summary.json')
  try {
    say(`\n== ${name}`)
    const reporters = ['--reporter=dot', `--reporter=${join(root, 'scripts/summary-reporter.ts')}`]
    const code = await runStep({
      name,
      command: process.execPath,
      args: [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...files],
      env: { ...env, FAIRLEAD_TEST_SUMMARY: path },
      cwd: root,
    })
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text === undefined) return { ...emptySummary(), failed: ['vitest ended without a summary'] }
    const summary: TestSummary = JSON.parse(text)
    const isExplained = summary.failed.length + summary.skipped.length > 0
    if (code !== 0 && !isExplained) summary.failed.push(`vitest ended with code ${code}`)
    return summary
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
