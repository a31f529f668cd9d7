import { resolve } from 'node:path'
import { artifacts } from './generate/artifacts.ts'
import { updateArtifacts, whyStale } from './generate/update-artifacts.ts'

/**
 * Writes every generated file that is not current; arguments name files that are taken again whatever they hold. With
 * `--check` nothing is written, and a file that is not current fails.
 */
const root = resolve(import.meta.dirname, '..')
const names = process.argv.slice(2)

if (names.includes('--check')) {
  for (const artifact of artifacts) {
    const reason = await whyStale(root, artifact)
    if (reason === undefined) continue
    console.error(`${artifact.path} ${reason}: npm run generate`)
    process.exitCode = 1
  }
  console.error(`${artifacts.length} generated files`)
} else {
  const written = await updateArtifacts(root, artifacts, names)
  for (const path of written) console.error(`written: ${path}`)
  console.error(`${artifacts.length - written.length} of ${artifacts.length} generated files were current`)
}
