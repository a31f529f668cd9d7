import { z } from 'zod'
import { isRecord } from '../../../effect/is-record.ts'
import { InvalidInput } from '../../../input/invalid-input.ts'
import { type Reader, readDocument } from '../../../input/read-documents.ts'
import { shownValue } from '../../../input/shown-value.ts'
import type { PatchWrite } from '../../../kube/plan/plan-patch.ts'
import { isWritablePath, writableMetadata } from '../../../kube/plan/writable-path.ts'

export const patchTypes = ['strategic', 'merge', 'json'] as const
export type PatchType = (typeof patchTypes)[number]

const pointer = z.string().regex(/^(\/([^~/]|~[01])*)*$/)
const operation = z.discriminatedUnion('op', [
  z.strictObject({ op: z.enum(['add', 'replace', 'test']), path: pointer, value: z.json() }),
  z.strictObject({ op: z.literal('remove'), path: pointer }),
  z.strictObject({ op: z.enum(['move', 'copy']), from: pointer, path: pointer }),
])
const mostOperations = 1000

/** The patch of a call, as it will be sent. Throws InvalidInput for one that is none, changes nothing, or must not be. */
export async function parsePatch(text: string, type: PatchType, reader: Reader): Promise<PatchWrite> {
  const patch = await readDocument('patch', text, reader)
  if (type === 'json') return { verb: 'patch', type, patch: operationsOf(patch), fieldValidation: 'Strict' }
  if (!isRecord(patch)) {
    throw new InvalidInput(`patch must be an object for patch_type ${type}, got ${shownValue(patch)}.`)
  }
  if (Object.keys(patch).length === 0) throw new InvalidInput('patch is empty: there is nothing to change.')
  requireWritable(patch)
  return { verb: 'patch', type, patch, fieldValidation: 'Strict' }
}

function operationsOf(patch: unknown) {
  if (!Array.isArray(patch)) {
    throw new InvalidInput(`patch must be a list of operations for patch_type json, got ${shownValue(patch)}.`)
  }
  if (patch.length === 0) throw new InvalidInput('patch is empty: there is nothing to change.')
  if (patch.length > mostOperations) {
    throw new InvalidInput(`patch has ${patch.length} operations. At most ${mostOperations} are allowed.`)
  }
  return patch.map((each: unknown, index) => {
    const parsed = operation.safeParse(each)
    if (!parsed.success) {
      throw new InvalidInput(
        `patch: operation ${index + 1} is not {"op": "add"|"replace"|"test", "path", "value"}, {"op": "remove", "path"} or {"op": "move"|"copy", "from", "path"}.`,
      )
    }
    const { op, path } = parsed.data
    // A move takes away what it moves; a copy only reads it.
    for (const each of op === 'move' ? [path, parsed.data.from] : [path]) {
      if (!isWritablePath(each)) throw cannotBeChanged(each)
    }
    return parsed.data
  })
}

function requireWritable(patch: Readonly<Record<string, unknown>>): void {
  const directive = ['$patch', '$retainKeys'].find((each) => Object.hasOwn(patch, each))
  if (directive !== undefined) throw new InvalidInput(`patch: ${directive} would replace the whole object.`)
  if (Object.hasOwn(patch, 'status')) throw cannotBeChanged('/status')
  if (!Object.hasOwn(patch, 'metadata')) return
  const { metadata } = patch
  if (!isRecord(metadata)) throw cannotBeChanged('/metadata')
  const refused = Object.keys(metadata).find((key) => !isWritablePath(`/metadata/${targetOf(key)}`))
  if (refused !== undefined) throw cannotBeChanged(`/metadata/${refused}`)
}

/** `$setElementOrder/finalizers` is about finalizers. */
function targetOf(key: string): string {
  return /^\$(?:setElementOrder|deleteFromPrimitiveList)\/(.+)$/.exec(key)?.[1] ?? key
}

function cannotBeChanged(path: string): InvalidInput {
  const allowed = path.startsWith('/metadata') ? ` Of the metadata only ${writableMetadata.join(', ')} can.` : ''
  return new InvalidInput(`patch: ${shownValue(path || '/')} cannot be changed by a patch.${allowed}`)
}
