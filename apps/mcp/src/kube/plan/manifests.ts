import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { semanticObject } from '../../effect/semantic-object.ts'
import { InvalidInput } from '../../input/invalid-input.ts'
import { objectName, requireNameOfKind } from '../../input/names.ts'
import { type Reader, readDocuments } from '../../input/read-documents.ts'

const mostObjects = 100

/** The objects of a manifest text: documents split, Lists flattened, without what no effect would show. */
export async function parseManifests(content: string, reader: Reader): Promise<KubeObject[]> {
  const documents = await readDocuments('content', content, reader)
  const manifests = documents.flatMap(({ value, line }) => flattened(value, `the document at line ${line}`))
  if (manifests.length === 0) throw new InvalidInput('content has no documents.')
  if (manifests.length > mostObjects) {
    throw new InvalidInput(`content has ${manifests.length} objects. At most ${mostObjects} are allowed.`)
  }
  requireEachOnce(manifests)
  return manifests
}

function flattened(value: unknown, where: string): KubeObject[] {
  if (!isRecord(value)) throw new InvalidInput(`content: ${where} is no object.`)
  if (typeof value.kind === 'string' && value.kind.endsWith('List') && Array.isArray(value.items)) {
    return value.items.flatMap((item: unknown, index) => flattened(item, `item ${index + 1} of ${where}`))
  }
  return [manifestOf(value, where)]
}

function manifestOf(value: Readonly<Record<string, unknown>>, where: string): KubeObject {
  const { apiVersion, kind, metadata } = value
  if (typeof apiVersion !== 'string' || apiVersion === '')
    throw new InvalidInput(`content: ${where} has no apiVersion.`)
  if (typeof kind !== 'string' || kind === '') throw new InvalidInput(`content: ${where} has no kind.`)
  const kept = isRecord(metadata) ? metadata : {}
  if (kept.generateName !== undefined) {
    throw new InvalidInput(`content: ${where} has generateName. An apply needs metadata.name.`)
  }
  if (typeof kept.name !== 'string') throw new InvalidInput(`content: ${where} has no metadata.name.`)
  const name = objectName('metadata.name', kept.name)
  // A document is no argument: what the server would not take for that name is not made into it.
  if (name !== kept.name) throw new InvalidInput(`content: ${where} has spaces around its metadata.name.`)
  requireNameOfKind('metadata.name', name, kind)
  if (kept.namespace !== undefined && typeof kept.namespace !== 'string') {
    throw new InvalidInput(`content: ${where} has a metadata.namespace that is no string.`)
  }
  if (!isRecord(kept.annotations ?? {}))
    throw new InvalidInput(`content: ${where} has metadata.annotations that are no object.`)
  return semanticObject({ ...value, metadata: { ...kept, name } }) as KubeObject
}

/** One object given twice has no order that the approver could see. */
function requireEachOnce(manifests: readonly KubeObject[]): void {
  const seen = new Set<string>()
  for (const { apiVersion, kind, metadata } of manifests) {
    const key = JSON.stringify([apiVersion, kind, metadata.namespace, metadata.name])
    if (seen.has(key)) throw new InvalidInput(`content has ${kind} "${metadata.name}" twice.`)
    seen.add(key)
  }
}
