import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type ServerProcess, startServerProcess, untilUp } from '../servers/server-process.ts'

export type RolloutsControllerOptions = {
  binaries: string
  /** Folder of the definitions and the controller's role. */
  manifests: string
  stateDir: string
  /** Of the controller's own user, which `rbac.yaml` names. */
  kubeconfig: string
  ports: { metrics: number; health: number }
  kubectl(...args: string[]): Promise<void>
}

export const ROLLOUTS_USER = 'argo-rollouts'

const definitions = ['rollouts', 'analysisruns', 'experiments', 'analysistemplates', 'clusteranalysistemplates'].map(
  (plural) => `crd/${plural}.argoproj.io`,
)

/** The controller of Argo Rollouts over all namespaces, with its definitions. */
export async function startRolloutsController(options: RolloutsControllerOptions): Promise<ServerProcess> {
  const { binaries, manifests, stateDir, kubeconfig, ports, kubectl } = options
  await kubectl('create', '-f', manifests)
  await kubectl('wait', '--for=create', '--timeout=30s', ...definitions)
  await kubectl('wait', '--for=condition=Established', '--timeout=30s', ...definitions)
  const cwd = join(stateDir, 'rollouts')
  await mkdir(cwd, { recursive: true })
  const controller = await startServerProcess({
    name: 'rollouts-controller',
    command: join(binaries, 'rollouts-controller'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--namespace=',
      '--leader-elect=false',
      `--metricsPort=${ports.metrics}`,
      `--healthzPort=${ports.health}`,
      '--loglevel=info',
    ],
    env: { ARGO_ROLLOUTS_NAMESPACE: ROLLOUTS_USER },
    cwd,
    logFile: join(stateDir, 'log/rollouts-controller.log'),
  })
  await untilUp(controller, async () => {
    const answer = await fetch(`http://127.0.0.1:${ports.health}/healthz`).catch(() => undefined)
    return answer?.ok === true
  })
  return controller
}
