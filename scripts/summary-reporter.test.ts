import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { kubernetesAssets } from '@fairlead/testing/cluster/kubernetes-assets'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')

async function summaryOf(files: Record<string, string>, extraEnv: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-reporter-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    const summary = join(folder, 'summary.json')
    const reporter = `--reporter=${join(import.meta.dirname, 'summary-reporter.ts')}`
    const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, '--globals', reporter]
    const env = { ...process.env, ...extraEnv, FAIRLEAD_TEST_SUMMARY: summary }
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
      describe('with Redis, and a clean-up of what never began', () => {
        let redis
        beforeAll(() => { ${noRedis} })
        afterAll(() => redis.stop())
        test('deletes', () => {})
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
      { name: 'a.test.ts > later' },
      { name: 'a.test.ts > streams', why: 'Redis is missing.' },
      { name: 'a.test.ts > with Redis > reads', why: 'Redis is missing.' },
      {
        name: 'a.test.ts > with Redis, and a clean-up of what never began > deletes',
        why: 'Redis is missing.',
      },
      { name: 'a.test.ts > with a broken set-up > writes' },
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
      test('deletes', () => { throw new Error('no') })
      let made = false
      test('creates what stays behind', () => {
        if (made) throw new Error('already exists')
        made = true
        throw Object.assign(new Error('Redis is missing.'), { name: 'MissingPart' })
      })`,
  })
  expect(summary).toMatchObject({
    passed: 2,
    failed: ['a.test.ts > deletes'],
    skipped: [{ name: 'a.test.ts > creates what stays behind', why: 'Redis is missing.' }],
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
    skipped: [{ name: 'gone.test.ts > is here' }],
  })
}, 30_000)

test('with the binaries of setup-envtest alone, what needs nodes or controllers is skipped by name', async () => {
  const bare = await mkdtemp(join(tmpdir(), 'fairlead-bare-'))
  try {
    const { binaries } = kubernetesAssets()
    for (const name of ['etcd', 'kube-apiserver', 'kubectl']) await symlink(join(binaries, name), join(bare, name))
    const testing = join(root, 'packages/testing/src/cluster')
    const summary = await summaryOf(
      {
        'a.test.ts': `
          import { startApiServer } from '${testing}/api-server.ts'
          import { requireControllers } from '${testing}/require-controllers.ts'
          import { requireNodes } from '${testing}/require-nodes.ts'
          let cluster
          beforeAll(async () => { cluster = await startApiServer() }, 60_000)
          afterAll(() => cluster.stop(), 20_000)
          const pod = { metadata: { name: 'web' }, spec: { containers: [{ name: 'app', image: 'nginx:1' }] } }
          test('takes a pod', async () => {
            const path = '/api/v1/namespaces/' + (await cluster.newNamespace()) + '/pods'
            expect((await cluster.request('POST', path, pod)).status).toBe(201)
          })
          test('runs a pod', () => requireNodes(cluster))
          test('makes a ReplicaSet', () => requireControllers(cluster))`,
        'nodes.test.ts': `
          import { startApiServer } from '${testing}/api-server.ts'
          beforeAll(() => startApiServer({ kwok: true }))
          test('drains a node', () => {})`,
      },
      { KUBEBUILDER_ASSETS: bare },
    )
    const how = 'README.md says what belongs into the folder of KUBEBUILDER_ASSETS.'
    const nodes = `kwok with its manifests (simulated nodes) is missing. ${how}`
    expect(summary).toMatchObject({ passed: 1, failed: [] })
    expect(summary.skipped).toHaveLength(3)
    expect(summary.skipped).toEqual(
      expect.arrayContaining([
        { name: 'a.test.ts > makes a ReplicaSet', why: `kube-controller-manager is missing. ${how}` },
        { name: 'a.test.ts > runs a pod', why: nodes },
        { name: 'nodes.test.ts > drains a node', why: nodes },
      ]),
    )
  } finally {
    await rm(bare, { recursive: true, force: true })
  }
}, 60_000)
