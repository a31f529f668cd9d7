import { cp, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { compressFiles } from './compress-files.ts'

const app = resolve(import.meta.dirname, '../..')
/** Where the framework builds; nobody is served from here. */
const workFolder = join(app, '.next')
/** In the one folder that a build leaves alone. */
export const keptFolder = join(workFolder, 'cache', 'builds')
const currentFile = join(keptFolder, 'current')
/** A page that runs goes on with its own build, while so many newer ones are made. */
const MAX_KEPT = 4
const noPart = /^(?:cache|trace|trace-build|diagnostics|types)$/

/** The build that a page started now is served from, or undefined where there is none. */
export async function currentBuild(): Promise<string | undefined> {
  const name = await readFile(currentFile, 'utf8').catch(() => '')
  return name !== '' && (await isThere(name)) ? join(keptFolder, name) : undefined
}

/** Whether pages are served from this build; one that was kept is taken again. */
export async function takeKept(name: string): Promise<boolean> {
  if (!(await isThere(name))) return false
  const now = new Date()
  await utimes(join(keptFolder, name), now, now)
  await pointTo(name)
  return true
}

/** Keeps what was built under a name of its own, compressed for browsers, and lets pages be served from it. */
export async function keepBuild(name: string): Promise<void> {
  const folder = join(keptFolder, name)
  const unfinished = `${folder}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  for (const part of await readdir(workFolder)) {
    if (!noPart.test(part)) await cp(join(workFolder, part), join(unfinished, part), { recursive: true })
  }
  await compressFiles(join(unfinished, 'static'))
  await rm(folder, { recursive: true, force: true })
  await rename(unfinished, folder)
  await pointTo(name)
  await dropOld(name)
}

async function isThere(name: string): Promise<boolean> {
  return await stat(join(keptFolder, name, 'BUILD_ID')).then(
    () => true,
    () => false,
  )
}

async function pointTo(name: string): Promise<void> {
  if ((await readFile(currentFile, 'utf8').catch(() => '')) === name) return
  await writeFile(`${currentFile}.${process.pid}`, name)
  await rename(`${currentFile}.${process.pid}`, currentFile)
}

async function dropOld(current: string): Promise<void> {
  const entries = await readdir(keptFolder, { withFileTypes: true })
  const kept = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory() && entry.name !== current)
      .map(async ({ name }) => ({ name, at: (await stat(join(keptFolder, name))).mtimeMs })),
  )
  const old = kept.toSorted((one, other) => other.at - one.at).slice(MAX_KEPT)
  await Promise.all(old.map(({ name }) => rm(join(keptFolder, name), { recursive: true, force: true })))
}
