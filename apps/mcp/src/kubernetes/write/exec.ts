import { isReadOnly } from '@fairlead/contract/tool/exec-allow-list'
import { z } from 'zod'
import { nameForPeople } from '../../effect/effect-object.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { commandWords, exactWords, requireOneCommand } from '../../input/command-words.ts'
import { objectName } from '../../input/names.ts'
import { container, namespace } from '../../input/object-params.ts'
import { optional, required } from '../../input/parameter.ts'
import { integer, text } from '../../input/reader.ts'
import type { Target } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { type KubeObjectPlan, type KubePlan, refOf } from '../../kube/target/kube-plan.ts'
import { podResource } from '../../kube/workloads/workload-pods.ts'
import { AnswerLost } from '../../target/answer-lost.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { chooseContainers } from '../shared/logs/log-source.ts'
import { requireRunning } from '../shared/require-running.ts'
import { shownCommand } from '../shared/shown-command.ts'
import { classOfCommand, classReasons } from './exec/class-of-command.ts'
import { type CommandOutput, createCommandOutput } from './exec/command-output.ts'

const input = z.object({
  pod_name: required('pod_name', text(objectName)),
  command: required('command', text(commandWords), { description: 'Split into words, no shell' }),
  namespace,
  container_name: container,
  argv: optional('argv', exactWords, null, { description: 'Exact words; command is then ""' }),
  timeout_seconds: optional('timeout_seconds', integer(1, 120), 30),
})

type Args = z.output<typeof input>

export const k8sExec = defineTool({
  name: 'k8s_exec',
  title: 'Execute Command in Kubernetes Pod',
  description:
    "Run one command in a container, without a shell, stdin or terminal. To read a log use k8s_logs. Pipes need sh -c '…', which waits for approval.",
  changes: 'write',
  needs: 'exec',
  idempotent: false,
  openWorld: true,
  input,
  seconds: ({ timeout_seconds }) => timeout_seconds + 30,
  isReadOnly: (args) => isReadOnly(requireOneCommand(args.argv, args.command)),
  async plan(args, context): Promise<KubePlan> {
    const argv = requireOneCommand(args.argv, args.command)
    const target: Target = {
      resource: await podResource(context.kube),
      namespace: args.namespace ?? context.defaultNamespace,
      name: args.pod_name,
    }
    const execClass = classOfCommand(argv)
    const output = createCommandOutput(context)
    const data = { exec_class: execClass }
    return {
      namespace: target.namespace,
      objects: [{ plan: () => planExec(target, { argv, args, output, context }) }],
      data,
      signals: () => [riskOf(argv, classReasons[execClass])],
      summary: ([objectPlan]) =>
        `Run in ${objectPlan === undefined ? args.pod_name : nameForPeople(objectPlan.ref)}: ${shownCommand(argv)}`,
      undo: () => ({ impossible: 'what a command has done is not known' }),
      report: () => output.report(data),
      reportFailure: ([written]) => output.report(data, written),
    }
  },
})

type Execution = { argv: readonly string[]; args: Args; output: CommandOutput; context: KubeContext }

async function planExec(target: Target, { argv, args, output, context }: Execution): Promise<KubeObjectPlan> {
  const { kube, signal } = context
  const pod = await kube.read(target)
  const { containers, defaulted } = chooseContainers(pod, { container: args.container_name, all: false })
  const [chosen = ''] = containers
  requireRunning(pod, chosen)
  if (defaulted) output.warn(`Container "${chosen}" of pod "${target.name}" was chosen, as none was named.`)
  const options = execOptions(pod)
  const after = { ...options, container: chosen, command: [...argv] }
  return {
    ref: refOf(kube.cluster, target, pod),
    target,
    action: 'exec',
    before: options,
    after,
    said: after,
    basis: 'external',
    act: {
      subresource: 'exec',
      async run(streams) {
        const limit = AbortSignal.timeout(args.timeout_seconds * 1_000)
        const { namespace = '', name } = target
        const until = AbortSignal.any([signal, limit])
        const request = { namespace, pod: name, container: chosen, argv, output: output.receive, until }
        const code = await streams.exec(request).catch((fault: unknown) => {
          if (!(fault instanceof AnswerLost) || !limit.aborted || signal.aborted) throw fault
          throw new AnswerLost(
            `the limit of ${args.timeout_seconds} s is over and the stream was closed; the command may go on inside the pod.`,
            { cause: limit.reason },
          )
        })
        output.ended(code)
        if (code !== 0) throw new ToolError('Upstream', `the command ended with exit code ${code}.`)
      },
    },
  }
}

/** What the API calls the options of an exec, before any is set. */
function execOptions({ metadata: { name, namespace } }: KubeObject): KubeObject {
  return { apiVersion: 'v1', kind: 'PodExecOptions', metadata: { name, namespace } }
}

function riskOf(argv: readonly string[], reason: string): RiskSignal {
  return { risk: isReadOnly(argv) ? 'medium' : 'high', reason }
}
