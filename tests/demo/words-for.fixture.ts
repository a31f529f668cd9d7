import type { Unknown } from '@fairlead/sandbox/faults/scenario'

/** A person's words for what the cluster does not tell. */
export function wordsFor(unknown: Unknown, { app, namespace }: { app: string; namespace: string }): string {
  return 'tag' in unknown
    ? `set the image of ${app} in ${namespace} to ${unknown.tag}`
    : `set ${unknown.variable} of ${app} in ${namespace} to ${unknown.value}`
}
