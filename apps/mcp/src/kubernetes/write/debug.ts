import { z } from 'zod'
import { commandWords, exactWords, requireOneCommand } from '../../input/command-words.ts'
import { pinnedImage } from '../../input/image.ts'
import { objectName } from '../../input/names.ts'
import { container, namespace } from '../../input/object-params.ts'
import { optional, required } from '../../input/parameter.ts'
import { integer, text } from '../../input/reader.ts'
import { defineTool } from '../shared/define-tool.ts'
import { shownCommand } from '../shared/shown-command.ts'
import { planEphemeralRun } from './debug/ephemeral-run.ts'

export const k8sDebug = defineTool({
  name: 'k8s_debug',
  title: 'Debug Kubernetes Pod',
  description:
    'Run a command from another image beside the containers of a pod, as where its own image has no shell. Where it has one use k8s_exec.',
  group: 'k8s-extra',
  changes: 'write',
  needs: 'exec',
  idempotent: false,
  openWorld: true,
  input: z.object({
    pod_name: required('pod_name', text(objectName)),
    image: required('image', text(pinnedImage), { description: 'With its digest: busybox@sha256:…' }),
    namespace,
    container_name: container,
    command: optional('command', text(commandWords), null, { description: 'Split into words, no shell' }),
    argv: optional('argv', exactWords, null, { description: 'Exact words, in place of command' }),
    timeout_seconds: optional('timeout_seconds', integer(1, 120), 30),
  }),
  seconds: ({ timeout_seconds }) => timeout_seconds + 60,
  plan(args, context) {
    const command = requireOneCommand(args.argv, args.command)
    const what = `${command.length === 0 ? '' : `${shownCommand(command)} in `}image ${args.image}`
    const beside = args.container_name === null ? '' : `, beside container ${args.container_name}`
    const run = {
      pod: args.pod_name,
      namespace: args.namespace,
      image: args.image,
      command,
      target: args.container_name,
      seconds: args.timeout_seconds,
      summary: (pod: string) => `Run ${what} in ${pod}${beside}`,
    }
    return planEphemeralRun(run, context)
  },
})
