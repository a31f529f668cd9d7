import { isRecord } from './is-record.ts'

/** What the server keeps for itself: it moves without anybody having asked for it. */
const serverFields = [
  'managedFields',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'uid',
  'selfLink',
]
/** What clients and controllers note down for themselves. No effect shows it, so no write of ours may set it. */
export const unseenAnnotations = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
]
/** The server sets the last one itself, whatever a write says. */
const noisyAnnotations = [...unseenAnnotations, 'deprecated.daemonset.template.generation']

type JsonObject = Readonly<Record<string, unknown>>

/**
 * The part of an object that people decide about: without `status` (unless it is what is written) and what the server
 * keeps for itself. Two objects whose semantic parts are equal are the same to an approver.
 */
export function semanticObject(object: JsonObject, keep: { status?: boolean } = {}): JsonObject {
  const { status, metadata, ...rest } = object
  return {
    ...rest,
    ...(isRecord(metadata) && { metadata: semanticMetadata(metadata) }),
    ...(keep.status && status !== undefined && { status }),
  }
}

function semanticMetadata(metadata: JsonObject): JsonObject {
  const kept = Object.fromEntries(Object.entries(metadata).filter(([key]) => !serverFields.includes(key)))
  const annotations = Object.entries(isRecord(kept.annotations) ? kept.annotations : {}).filter(
    ([key]) => !noisyAnnotations.includes(key),
  )
  // An empty map and none are the same to the server, and it turns one into the other as it likes.
  delete kept.annotations
  if (annotations.length > 0) kept.annotations = Object.fromEntries(annotations)
  if (isRecord(kept.labels) && Object.keys(kept.labels).length === 0) delete kept.labels
  return kept
}
