import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { glob, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join, resolve } from 'node:path'
import { buildEnvironment } from '../config.ts'
import { currentBuild, keepBuild, keptFolder, takeKept } from './built-page.ts'
import { withFileLock } from './file-lock.ts'

export type BuildOptions = {
  /** Told one line when a build is needed, since it takes a while. */
  say?(line: string): void
  /** Ends a build under way. */
  signal?: AbortSignal
}

/** The page could not be built; the message ends with what the build said. */
export class PageBuildError extends Error {
  override readonly name = 'PageBuildError'
}

const app = resolve(import.meta.dirname, '../..')
const root = resolve(app, '../..')
const lockFile = join(keptFolder, 'build.lock')

/** What a build is made from; tests and what belongs to them are no part of it. */
const sources = [
  'apps/command-center/src/**/*.{ts,tsx,css}',
  'apps/command-center/public/**/*',
  'apps/command-center/*.{mts,mjs,json}',
  'packages/{client,contract}/src/**/*.{ts,json}',
  'packages/{client,contract}/package.json',
  'package-lock.json',
]
const noSource = /\.(?:test|fixture)\.tsx?$|(?:^|\/)next-env\.d\.ts$/

/**
 * Builds the page unless a build of these very sources is kept. Of several processes at once one builds and the others
 * wait for it. A page that runs is left alone: it goes on with the build that it was started with.
 */
export async function ensureBuilt({ say, signal }: BuildOptions = {}): Promise<void> {
  if (await isCurrent(await sourceName())) return
  await withFileLock(lockFile, signal, async () => {
    const name = await sourceName()
    if ((await isCurrent(name)) || (await takeKept(name))) return
    say?.('Building the page. This takes a moment, and is needed only when its sources have changed.')
    await build(signal)
    // What was changed meanwhile may be in it or not: it is built again the next time.
    await keepBuild((await sourceName()) === name ? name : `${name}-changed`)
  })
}

async function isCurrent(name: string): Promise<boolean> {
  const current = await currentBuild()
  return current !== undefined && basename(current) === name
}

async function sourceName(): Promise<string> {
  const files: string[] = []
  for await (const file of glob(sources, { cwd: root, withFileTypes: false }))
    if (!noSource.test(file)) files.push(file)
  const hash = createHash('sha256').update(process.version)
  for (const file of files.sort()) {
    // A folder, or what has gone since: the name alone.
    const content = await readFile(join(root, file)).catch(() => '')
    hash.update(`\0${file}\0`).update(content)
  }
  return hash.digest('hex').slice(0, 32)
}

async function build(signal: AbortSignal | undefined): Promise<void> {
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next')
  const child = spawn(process.execPath, [next, 'build'], {
    cwd: app,
    env: buildEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => said.push(text))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new PageBuildError(`The page could not be built:\n${said.join('').slice(-4000)}`)
}
