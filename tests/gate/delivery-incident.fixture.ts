import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireHelm } from '@fairlead/testing/cluster/helm-path'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import {
  type ChartFiles,
  type ChartServer,
  chartYaml,
  startChartServer,
  writeChart,
} from '@fairlead/testing/helm/charts'
import { runHelm } from '@fairlead/testing/helm/run-helm'
import type { JenkinsServer } from '@fairlead/testing/jenkins/jenkins-server'
import { newBuild } from '@fairlead/testing/jenkins/jenkins-state'
import type { ScriptedToolCall } from '@fairlead/testing/model/model-script'
import { expect, vi } from 'vitest'
import { createDice, seed } from './dice.fixture.ts'

/**
 * A build failed to push its image, a Helm upgrade brought that image all the same, and the Rollout of the release stands
 * still in the middle.
 */
export type DeliveryIncident = {
  namespace: string
  release: string
  job: string
  /** That the log names. */
  cause: string
  /** Number of the failed build. */
  build: number
  good: string
  bad: string
  reads: Record<'log' | 'history' | 'status', ScriptedToolCall>
  /** In the order in which an engineer would make them. */
  writes: Record<'abort' | 'rollBack' | 'build', ScriptedToolCall>
  rollout(): Promise<Rollout>
}

export type Rollout = {
  spec: { template: { spec: { containers: { image: string }[] } } }
  status: { phase?: string; abort?: boolean; message?: string }
}

/** A chart whose workload is a Rollout, with a hook before each upgrade and notes. */
export const deliveryChart = (version: string): ChartFiles => ({
  'Chart.yaml': chartYaml(version),
  'values.yaml': 'replicas: 2\nimage: { repository: web, tag: "1" }\n',
  'templates/rollout.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  strategy:
    canary:
      steps:
        - setWeight: 50
        - pause: {}
        - setWeight: 80
        - pause: { duration: 10m }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec:
      containers:
        - name: app
          image: {{ .Values.image.repository }}:{{ .Values.image.tag }}
`,
  'templates/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-settings
data:
  tag: {{ .Values.image.tag | quote }}
`,
  'templates/migrate.yaml': `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-upgrade,pre-rollback
    helm.sh/hook-weight: "5"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: {{ .Values.image.repository }}-migrate:1
          args: [up]
`,
  'templates/NOTES.txt': '{{ .Release.Name }} runs {{ .Values.image.repository }}:{{ .Values.image.tag }}.\n',
})

const patience = { timeout: 30_000 }

export function startDeliveryCharts(): Promise<ChartServer> {
  return startChartServer({ 'web-1.0.0.tgz': deliveryChart('1.0.0'), 'web-1.1.0.tgz': deliveryChart('1.1.0') })
}

export async function newDeliveryIncident(cluster: ApiServer, jenkins: JenkinsServer): Promise<DeliveryIncident> {
  const dice = createDice(seed)
  requireRollouts(cluster)
  requireHelm()
  const namespace = await cluster.newNamespace(dice.name('shop'))
  const release = dice.name('web')
  const job = `${dice.name('team')}/${release}`
  const build = dice.whole(20, 90)
  const good = `1.${dice.whole(0, 9)}.${dice.whole(0, 9)}`
  const bad = 'no-such-tag'
  const cause = `denied: quota of ${dice.whole(10, 90)} GB exceeded`
  jenkins.addJob(job, {
    parameters: [
      { name: 'VERSION', type: 'String', default: good },
      { name: 'PUSH', type: 'Boolean', default: true },
      { name: 'TARGET', type: 'Choice', choices: ['staging', 'production'] },
    ],
    builds: [
      newBuild(build, { building: false, result: 'FAILURE', duration: 61_000, log: logOf(release, bad, cause) }),
    ],
  })
  const [first, second] = [await writeChart(deliveryChart('1.0.0')), await writeChart(deliveryChart('1.1.0'))]
  const install = (chart: string, tag: string) =>
    runHelm(4, cluster, ['upgrade', '--install', `--namespace=${namespace}`, `--set=image.tag=${tag}`, release, chart])
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts/${release}`
  const rollout = async () => (await cluster.request('GET', path)).body as Rollout
  await install(first, good)
  await vi.waitFor(async () => expect((await rollout()).status?.phase).toBe('Healthy'), patience)
  await install(second, bad)
  await vi.waitFor(async () => expect(await waitingReasons(cluster, namespace)).toContain('ImagePullBackOff'), patience)
  const place = { namespace }
  return {
    ...{ namespace, release, job, cause, build, good, bad, rollout },
    reads: {
      log: { name: 'jenkins_get_build_log', args: { jobFullName: job } },
      history: { name: 'helm_history', args: { release_name: release, ...place } },
      status: { name: 'argo_describe', args: { name: release, ...place } },
    },
    writes: {
      abort: { name: 'argo_abort_rollout', args: { name: release, ...place } },
      rollBack: { name: 'helm_rollback', args: { release_name: release, revision: 1, ...place } },
      build: {
        name: 'jenkins_trigger_build',
        args: { jobFullName: job, parameters: { VERSION: good }, wait_for_start: false },
      },
    },
  }
}

const logOf = (release: string, tag: string, cause: string) => `Started by an SCM change
[Pipeline] { (Build)
+ docker build -t registry.example/${release}:${tag} .
Successfully built
[Pipeline] { (Push)
+ docker push registry.example/${release}:${tag}
${cause}
ERROR: script returned exit code 1
Finished: FAILURE
`

async function waitingReasons(cluster: ApiServer, namespace: string): Promise<string[]> {
  const { body } = await cluster.request('GET', `/api/v1/namespaces/${namespace}/pods`)
  const { items } = body as {
    items: { status: { containerStatuses?: { state: { waiting?: { reason: string } } }[] } }[]
  }
  return items.flatMap(({ status }) => status.containerStatuses ?? []).map(({ state }) => state.waiting?.reason ?? '')
}
