import { z } from 'zod'
import { pinnedImage } from '../../input/image.ts'
import { objectName } from '../../input/names.ts'
import { namespace } from '../../input/object-params.ts'
import { optional, required } from '../../input/parameter.ts'
import { integer, text } from '../../input/reader.ts'
import { defineTool } from '../shared/define-tool.ts'
import { checkCommand, hostName, readChecks, urlPath } from './check-connectivity/check-command.ts'
import { planEphemeralRun } from './debug/ephemeral-run.ts'

export const k8sCheckConnectivity = defineTool({
  name: 'k8s_check_connectivity',
  title: 'Check Kubernetes Connectivity',
  description: 'Check from inside a pod whether a host is found (DNS), reached (TCP) and, with path, answers (HTTP).',
  group: 'k8s-extra',
  changes: 'write',
  needs: 'exec',
  idempotent: false,
  openWorld: true,
  input: z.object({
    pod_name: required('pod_name', text(objectName)),
    host: required('host', text(hostName)),
    port: required('port', integer(1, 65_535)),
    image: required('image', text(pinnedImage), { description: 'With sh, nslookup, nc and wget, and with its digest' }),
    namespace,
    path: optional('path', text(urlPath), null, { description: 'For HTTP, as in /healthz' }),
    timeout_seconds: optional('timeout_seconds', integer(1, 120), 30),
  }),
  seconds: ({ timeout_seconds }) => timeout_seconds + 60,
  plan(args, context) {
    const { host, port, path } = args
    const run = {
      pod: args.pod_name,
      namespace: args.namespace,
      image: args.image,
      command: checkCommand({ host, port, path }),
      target: null,
      seconds: args.timeout_seconds,
      summary: (pod: string) =>
        `Check from ${pod} whether ${host}:${port}${path ?? ''} is found and reached, with image ${args.image}`,
      read: readChecks,
    }
    return planEphemeralRun(run, context)
  },
})
