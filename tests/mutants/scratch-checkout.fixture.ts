import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const checkout = resolve(import.meta.dirname, '../..')

export type ScratchCheckout = { root: string; remove(): Promise<void> }

/**
 * A copy of the checkout as it stands, uncommitted changes included, to be changed at will. What is installed is linked;
 * the packages of the workspace are the copy's own.
 */
export async function copyCheckout(): Promise<ScratchCheckout> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-mutants-'))
  const root = join(folder, 'checkout')
  for (const file of filesOf(checkout)) {
    await mkdir(join(root, dirname(file)), { recursive: true })
    await cp(join(checkout, file), join(root, file), { verbatimSymlinks: true })
  }
  await linkInstalled(root)
  // The Kubernetes kit lies beside a checkout.
  const kit = resolve(checkout, '../shared')
  if (existsSync(kit)) await symlink(kit, join(folder, 'shared'))
  return { root, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Of git, without what it ignores and what was deleted. */
function filesOf(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  return [...new Set(listed.split('\0'))].filter((file) => file !== '' && existsSync(join(root, file)))
}

async function linkInstalled(root: string): Promise<void> {
  const packages = [...new Set(filesOf(checkout).filter((file) => file.endsWith('package.json')))].map(dirname)
  for (const each of packages) {
    const from = join(checkout, each, 'node_modules')
    if (!existsSync(from)) continue
    const to = join(root, each, 'node_modules')
    await mkdir(to)
    for (const name of await readdir(from)) {
      if (name === '@fairlead') await cp(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true })
      // Caches hold what was made of the checkout's own files.
      else if (!name.startsWith('.') || name === '.bin') await symlink(join(from, name), join(to, name))
    }
  }
}
