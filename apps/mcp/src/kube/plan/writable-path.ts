/** What of an object's metadata is for its users to set. */
export const writableMetadata = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const

/** Whether a patch may write at a JSON Pointer: not what says which object it is, nor what only the server sets. */
export function isWritablePath(path: string): boolean {
  const [, root = '', key = ''] = path.split('/')
  if (root === 'metadata') return writableMetadata.some((each) => each === key)
  return !['', 'apiVersion', 'kind', 'status'].includes(root)
}
