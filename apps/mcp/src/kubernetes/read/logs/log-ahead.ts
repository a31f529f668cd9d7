import { InvalidInput } from '../../../input/invalid-input.ts'
import { objectPath } from '../../../kube/discovery/api-resource.ts'
import type { Kube } from '../../../kube/kube.ts'
import type { Pod } from '../../../kube/workloads/pod.ts'
import { podResource } from '../../../kube/workloads/workload-pods.ts'
import { ToolError } from '../../../tool/tool-error.ts'
import { chooseContainers, type LogSource, onlyContainer, requireLog } from '../../shared/logs/log-source.ts'
import type { NamedLog } from '../../shared/logs/read-log.ts'

/** A log that was asked for before its pod was read, and its first answer. */
export type LogAhead = { log: NamedLog; text: Promise<string> }

/** The answer, where it is the log that is meant. */
export function answerAhead({ pod, container, previous }: LogSource, ahead: LogAhead | undefined) {
  if (ahead === undefined || previous !== ahead.log.previous) return undefined
  return container === (ahead.log.container ?? onlyContainer(pod)) ? ahead.text : undefined
}

/**
 * The pod as the API server remembers it, where that is enough: the log came, for which the API server has read the pod
 * anew, and it is the one that is meant. What a pod that is only remembered speaks against is for the pod as it is.
 */
export async function rememberedPod(ahead: LogAhead, kube: Kube): Promise<Pod | undefined> {
  const { pod: name, namespace, container = null, previous } = ahead.log
  try {
    const path = objectPath({ resource: await podResource(kube), namespace, name })
    const [pod] = await Promise.all([kube.get<Pod>(path, { query: { resourceVersion: 0 } }), ahead.text])
    const [chosen = ''] = chooseContainers(pod, { container, all: false }).containers
    const source = { pod, container: chosen, previous }
    requireLog(source)
    return answerAhead(source, ahead) && pod
  } catch (error) {
    if (error instanceof ToolError || error instanceof InvalidInput) return undefined
    throw error
  }
}
