import { objectRef } from '@fairlead/contract/effect/effect'
import { z } from 'zod'
import { InvalidInput } from '../../../input/invalid-input.ts'
import { namespaceName, objectName } from '../../../input/names.ts'
import { type Reader, readDocument } from '../../../input/read-documents.ts'
import { isWritablePath } from '../../../kube/plan/writable-path.ts'

const mostEntries = 100

const pointer = z.string().regex(/^(\/([^~/]|~[01])*)+$/, 'must be a JSON Pointer below the object')
const operation = z.discriminatedUnion('op', [
  z.strictObject({ op: z.enum(['test', 'add', 'replace']), path: pointer, value: z.json() }),
  z.strictObject({ op: z.literal('remove'), path: pointer }),
])
const ref = z.strictObject(objectRef.shape)
const reversion = z.union([
  z.strictObject({ ref, patch: z.array(operation).min(1) }),
  z.strictObject({ ref, delete: z.literal(true) }),
  z.strictObject({ ref, create: z.record(z.string(), z.json()) }),
])

/** One entry of `changes`: what is done to one object. */
export type Reversion = z.infer<typeof reversion>

/** The entries of `changes`. Throws InvalidInput that says which entry is wrong, and where. */
export async function parseReversions(changes: string, reader: Reader): Promise<Reversion[]> {
  const entries = await readDocument('changes', changes, reader)
  if (!Array.isArray(entries)) throw new InvalidInput('changes must be a list, one entry an object.')
  if (entries.length === 0) throw new InvalidInput('changes has no entries.')
  if (entries.length > mostEntries) {
    throw new InvalidInput(`changes has ${entries.length} entries. At most ${mostEntries} are allowed.`)
  }
  return entries.map((entry: unknown, index) => {
    const parsed = reversion.safeParse(entry)
    if (!parsed.success) {
      throw new InvalidInput(
        `changes: entry ${index + 1} is not {"ref", "patch": [...]}, {"ref", "delete": true} or {"ref", "create": {...}}.`,
      )
    }
    objectName('changes: ref.name', parsed.data.ref.name)
    if (parsed.data.ref.namespace !== undefined) namespaceName('changes: ref.namespace', parsed.data.ref.namespace)
    if ('patch' in parsed.data) requireRevertible(parsed.data.patch)
    return parsed.data
  })
}

/** What says which object it is, and what only the server sets, is no change that could be taken back. */
function requireRevertible(patch: readonly { path: string }[]): void {
  const refused = patch.find(({ path }) => !isWritablePath(path))
  if (refused !== undefined) throw new InvalidInput(`changes: "${refused.path.slice(0, 80)}" cannot be written.`)
}
