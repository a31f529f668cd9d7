import type { AccessRequest } from '@fairlead/contract/tool/tool-meta'
import type { Cluster } from '../kube/cluster.ts'
import { maySelf } from '../kube/may-self.ts'
import { AnswerLost } from '../target/answer-lost.ts'
import { ConfigError } from '../tool/config-error.ts'
import { ToolError } from '../tool/tool-error.ts'

/**
 * Throws ConfigError where the server's own account lacks a right that a setting needs, or nobody says whether it has it.
 *
 * @param right as in "needs the right to …"
 */
export async function requireRight(
  cluster: Cluster,
  request: AccessRequest,
  { setting, right }: { setting: string; right: string },
): Promise<void> {
  const needed = `${setting} needs the right to ${right}`
  const isGiven = await maySelf(cluster, request).catch((cause: unknown) => {
    if (!(cause instanceof ToolError) && !(cause instanceof AnswerLost)) throw cause
    throw new ConfigError(`${needed}, and the cluster does not say whether it is there: ${cause.message}`, { cause })
  })
  if (!isGiven) throw new ConfigError(`${needed}.`)
}
