import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')

async function summaryOf(files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-reporter-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    const summary = join(folder, 'summary.json')
    const reporter = `--reporter=${join(import.meta.dirname, 'summary-reporter.ts')}`
    const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, '--globals', reporter]
    const env = { ...process.env, FAIRLEAD_TEST_SUMMARY: summary }
    await new Promise((ended) => execFile(process.execPath, args, { cwd: folder, env }, ended))
    return JSON.parse(await readFile(summary, 'utf8'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('every test is counted once, and nothing that did not pass goes unnamed', async () => {
  const noRedis = `throw Object.assign(new Error('Redis is missing.'), { name: 'MissingPart' })`
  const summary = await summaryOf({
    'a.test.ts': `
      test('adds', () => {})
      test('scales', () => { throw new Error('no') })
      test.skip('later', () => {})
      test('streams', () => { ${noRedis} })
      describe('with Redis', () => {
        beforeAll(() => { ${noRedis} })
        test('reads', () => {})
      })
      describe('with a broken set-up', () => {
        beforeAll(() => { throw new Error('no') })
        test('writes', () => {})
      })`,
    'broken.test.ts': `throw new Error('cannot be loaded')`,
    'rejects.test.ts': `test('looks fine', () => { void Promise.reject(new Error('nobody waits')) })`,
  })
  summary.failed.sort()
  const { files, ...counts } = summary
  expect(files.map(({ file }: { file: string }) => file).sort()).toEqual([
    'a.test.ts',
    'broken.test.ts',
    'rejects.test.ts',
  ])
  expect(counts).toEqual({
    passed: 2,
    failed: [
      'a.test.ts > scales',
      'a.test.ts > with a broken set-up (set-up)',
      'broken.test.ts (set-up)',
      'outside of any test: nobody waits',
    ],
    skipped: [
      'a.test.ts > later',
      'a.test.ts > streams (Redis is missing.)',
      'a.test.ts > with Redis > reads (Redis is missing.)',
      'a.test.ts > with a broken set-up > writes',
    ],
    unsteady: [],
  })
}, 30_000)

test('what passes at its second try is counted, and named', async () => {
  const summary = await summaryOf({
    'vitest.config.ts': `export default { test: { retry: 1 } }`,
    'a.test.ts': `
      let tries = 0
      test('adds', () => {})
      test('scales', () => { if (tries++ === 0) throw new Error('not yet') })
      test('deletes', () => { throw new Error('no') })`,
  })
  expect(summary).toMatchObject({
    passed: 2,
    failed: ['a.test.ts > deletes'],
    skipped: [],
    unsteady: ['a.test.ts > scales'],
  })
}, 30_000)

test('what is left out is not counted while it fails, and fails when it passes or is not there', async () => {
  const list = [
    { file: 'a.test.ts', test: 'runs a command', lacks: 'exec' },
    { file: 'a.test.ts', test: 'deep > reads', lacks: 'exec' },
    { file: 'all.test.ts', lacks: 'exec' },
    { file: 'mixed.test.ts', lacks: 'exec' },
    { file: 'gone.test.ts', test: 'was here', lacks: 'exec' },
  ]
  const fails = `throw new Error('no')`
  const summary = await summaryOf({
    'vitest.config.ts': `export default { test: { runner: './runner.ts' } }`,
    'runner.ts': `
        import { leavingOut } from ${JSON.stringify(join(import.meta.dirname, 'leaving-out.ts'))}
        export default leavingOut(${JSON.stringify(list)}, import.meta.dirname)`,
    'a.test.ts': `
        test('adds', () => {})
        test('runs a command', () => { ${fails} })
        describe('deep', () => { test('reads', () => {}) })`,
    'all.test.ts': `
        beforeAll(() => { ${fails} })
        test('one', () => {})
        test('two', () => {})`,
    'mixed.test.ts': `
        test('one', () => { ${fails} })
        test('two', () => {})`,
    'gone.test.ts': `test('is here', () => {})`,
  })
  summary.failed.sort()
  expect(summary).toMatchObject({
    passed: 1,
    failed: ['a.test.ts > deep > reads', 'gone.test.ts (set-up)', 'mixed.test.ts > two'],
    skipped: ['gone.test.ts > is here'],
  })
}, 30_000)
