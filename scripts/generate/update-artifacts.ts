import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Artifact } from './artifact.ts'

/** Why the file is not current, or undefined. */
export async function whyStale(root: string, { path, make, whyStale }: Artifact): Promise<string | undefined> {
  const current = await readFile(resolve(root, path), 'utf8').catch(() => undefined)
  if (current === undefined) return 'is missing'
  if (whyStale !== undefined) return await whyStale(current)
  return current === (await make()) ? undefined : 'is not what its sources make'
}

/** Writes what is not current, and what one of `names` is a part of the path of. Returns the paths that were written. */
export async function updateArtifacts(
  root: string,
  artifacts: readonly Artifact[],
  names: readonly string[] = [],
): Promise<string[]> {
  const written: string[] = []
  for (const artifact of artifacts) {
    const isNamed = names.some((name) => artifact.path.includes(name))
    if (!isNamed && (await whyStale(root, artifact)) === undefined) continue
    const target = resolve(root, artifact.path)
    const text = await artifact.make()
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, text)
    written.push(artifact.path)
  }
  return written
}
