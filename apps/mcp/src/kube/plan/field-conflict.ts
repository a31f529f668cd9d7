import { ToolError } from '../../tool/tool-error.ts'
import { describeTarget, type Target } from '../discovery/api-resource.ts'
import { ApiError } from '../http/api-error.ts'

/** A field that the manifest sets otherwise than who owns it. */
export type FieldConflict = { field: string; owner: string }

/** The conflicts for which the server refused an apply; undefined when it refused for another reason. */
export function fieldConflictsOf(error: unknown): FieldConflict[] | undefined {
  if (!(error instanceof ApiError) || error.status !== 409) return undefined
  const conflicts = error.causes
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ field = '', message = '' }) => ({ field, owner: ownerIn(message) }))
  return conflicts.length > 0 ? conflicts : undefined
}

export function conflictError(target: Target, conflicts: readonly FieldConflict[]): ToolError {
  const listed = conflicts.map(({ field, owner }) => `${field} belongs to "${owner}"`).join('; ')
  return new ToolError('Conflict', `${describeTarget(target)} has fields that others own: ${listed}.`, {
    hint: 'Leave these fields out of the manifest, or take them over with force_conflicts:true.',
  })
}

/** `conflict with "hpa" with subresource "scale" using apps/v1`; the name is quoted as Go does. */
function ownerIn(message: string): string {
  const quoted = /^conflict with ("(?:[^"\\]|\\.)*")/.exec(message)?.[1]
  if (quoted === undefined) return message
  try {
    return String(JSON.parse(quoted))
  } catch {
    // Go escapes a few characters otherwise than JSON; the raw text names the owner as well.
    return quoted.slice(1, -1)
  }
}
