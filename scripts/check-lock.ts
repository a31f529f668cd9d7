import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

type Locked = Record<string, { optionalDependencies?: Record<string, string> }>

/**
 * Platform packages that a locked package names but the lock does not hold: a registry may lack those of a fresh
 * release, npm then leaves them out without a word, and the install fails on somebody else's machine.
 */
export function missingPlatformPackages(lock: Locked): string[] {
  return Object.entries(lock).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isLocked(lock, path, name)),
  )
}

/** Looks where Node would: in the package's own node_modules, then in those of the folders above. */
function isLocked(lock: Locked, path: string, name: string): boolean {
  if (Object.hasOwn(lock, `${path === '' ? '' : `${path}/`}node_modules/${name}`)) return true
  if (path === '') return false
  const above = path.lastIndexOf('/node_modules/')
  return isLocked(lock, above < 0 ? '' : path.slice(0, above), name)
}

if (import.meta.main) {
  const file = resolve(import.meta.dirname, '../package-lock.json')
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Locked }
  const missing = missingPlatformPackages(packages)
  if (missing.length > 0) console.error(`platform packages missing from the lock: ${missing.join(' ')}`)
  process.exitCode = missing.length > 0 ? 1 : 0
}
