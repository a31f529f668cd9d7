import { nameOf } from '../evidence/finding.ts'
import { call, type Plan } from '../plan/plan.ts'
import { chooseObject } from '../requests/choose-object.ts'
import type { Request } from '../requests/request.ts'

const MAX_LOG_LINES = 200

/** The newest lines of a workload's pods, or of the one pod that is named. */
export function* logs(request: Request): Plan<string> {
  const { understood } = request
  const chosen = chooseObject(request, ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'])
  if ('sentence' in chosen) return chosen.sentence
  const { ref } = chosen
  const pod = understood.tokens
    .map(({ text }) => text.replace(/^.*\//, ''))
    .find((word) => word.startsWith(`${ref.name}-`))
  const lines = Math.min(understood.numbers.find((number) => number > 0) ?? 50, MAX_LOG_LINES)
  const isPrevious = /\b(?:previous|before|last crash|crashed)\b/.test(
    understood.tokens.map(({ text }) => text).join(' '),
  )
  const reply = yield* call('k8s_logs', {
    pod_name: pod ?? `${ref.kind.toLowerCase()}/${ref.name}`,
    namespace: ref.namespace,
    num_lines: lines,
    ...(isPrevious && { previous: true }),
  })
  const of = pod === undefined ? nameOf(ref) : nameOf({ ...ref, kind: 'Pod', name: pod })
  if (reply.kind !== 'answered') return `The log of ${of} cannot be read: ${reply.text.trim()}`
  return `The newest log lines of ${of}:\n\n\`\`\`\n${reply.text.replaceAll('```', "'''")}\n\`\`\``
}
