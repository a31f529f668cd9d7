import type { Change } from '@fairlead/contract/effect/effect'
import type { Fact } from './fact.ts'

/** How many there are, or by what scales them: how many there may be. */
const replicasField = /\/(?:replicas|maxReplica(?:s|Count))$/

/** Whether a change is one of how many of something run, wherever a kind keeps the number. */
export function isReplicas({ path }: Pick<Change, 'path'>, replicasPath: string | undefined): boolean {
  return path === replicasPath || (replicasField.test(path) && !path.startsWith('/status/'))
}

/** A fall of the number of replicas to nothing, or by half and more. One that was not there is the default: one. */
export function sizeFacts(changes: readonly Change[], replicasPath: string | undefined): Fact[] {
  return changes.flatMap((change): Fact[] => {
    const { path, before = 1, after = 1 } = change
    if (!isReplicas(change, replicasPath)) return []
    if (typeof before !== 'number' || typeof after !== 'number' || after >= before) return []
    const fact = (words: string): Fact[] => [{ group: 'size', path, of: '', fact: words }]
    if (after === 0) return fact(`replicas to 0, from ${before}`)
    return after <= before / 2 ? fact(`replicas halved, from ${before} to ${after}`) : []
  })
}
