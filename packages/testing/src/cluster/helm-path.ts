import { mkdirSync, symlinkSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MissingPart } from '../servers/missing-part.ts'
import { findHelm, howToComplete } from './kubernetes-assets.ts'

/** A folder for PATH in which `helm` is that major version and nothing else lies. Throws MissingPart. */
export async function helmPath(major: 3 | 4): Promise<string> {
  const program = findHelm(major)
  if (program === undefined) throw new MissingPart(`helm${major}`, howToComplete)
  const folder = join(await mkdtemp(join(tmpdir(), 'fairlead-helm-path-')), 'bin')
  mkdirSync(folder)
  symlinkSync(program, join(folder, 'helm'))
  return folder
}

/** For what runs helm: throws MissingPart where neither version is there. */
export function requireHelm(): void {
  if (findHelm(4) === undefined && findHelm(3) === undefined) throw new MissingPart('helm3 or helm4', howToComplete)
}
