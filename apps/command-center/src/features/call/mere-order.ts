/** Lists of the API whose order means nothing to it. That of steps and containers does: they start one after the other. */
const unordered = new Set([
  'volumes',
  'volumeMounts',
  'volumeDevices',
  'ports',
  'imagePullSecrets',
  'tolerations',
  'secrets',
  'subjects',
  'conditions',
])

/** Whether only the order of a list differs, and means nothing. A variable may refer to one that stands before it. */
export function isMereOrder(list: string | undefined, sides: readonly unknown[]): boolean {
  if (list === 'env') return !JSON.stringify(sides).includes('$(')
  return list !== undefined && unordered.has(list)
}
