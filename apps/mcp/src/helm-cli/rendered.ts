import { isRecord } from '../effect/is-record.ts'
import type { KubeObject } from '../effect/kube-object.ts'
import { InvalidInput } from '../input/invalid-input.ts'
import { type Reader, readDocuments } from '../input/read-documents.ts'
import { ToolError } from '../tool/tool-error.ts'

/** Objects that a chart renders, in their order. Throws ToolError `Invalid` for text that is no manifest. */
export async function renderedObjects(text: string, reader: Reader): Promise<KubeObject[]> {
  try {
    const documents = await readDocuments('the rendered manifest', text, reader)
    return documents.flatMap(({ value, line }) => flattened(value, line))
  } catch (error) {
    if (error instanceof InvalidInput) throw new ToolError('Invalid', error.message, { cause: error })
    throw error
  }
}

function flattened(value: unknown, line: number): KubeObject[] {
  if (!isRecord(value) || typeof value.kind !== 'string' || typeof value.apiVersion !== 'string')
    throw new ToolError('Invalid', `the rendered manifest: the document at line ${line} is no object of the API.`)
  if (value.kind.endsWith('List') && Array.isArray(value.items))
    return value.items.flatMap((item: unknown) => flattened(item, line))
  const { metadata } = value
  if (!isRecord(metadata) || typeof metadata.name !== 'string')
    throw new ToolError('Invalid', `the rendered manifest: ${value.kind} at line ${line} has no metadata.name.`)
  return [value as KubeObject]
}

/** Tells an object from all others of a release. */
export function keyOf({ apiVersion, kind, metadata }: KubeObject, namespace: string): string {
  // The version may change from one chart to the next: it is the same object.
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : ''
  return JSON.stringify([group, kind, metadata.namespace ?? namespace, metadata.name])
}

export const KEEP = 'helm.sh/resource-policy'

/** Helm leaves it where it is when the release lets go of it. */
export function isKept({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[KEEP] === 'keep'
}
