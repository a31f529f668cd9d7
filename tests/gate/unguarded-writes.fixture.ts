import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { type ChartServer, webChart, writeChart } from '@fairlead/testing/helm/charts'
import { runHelm } from '@fairlead/testing/helm/run-helm'
import type { JenkinsServer } from '@fairlead/testing/jenkins/jenkins-server'
import { newBuild } from '@fairlead/testing/jenkins/jenkins-state'
import type { ScriptedToolCall } from '@fairlead/testing/model/model-script'

/** A write whose target system takes no precondition, ready to be proposed. */
export type UnguardedWrite = {
  call: ScriptedToolCall
  /** How often it has taken effect. */
  effects(): Promise<number>
}

export type Targets = {
  apiServer: ApiServer
  namespace: string
  jenkins: JenkinsServer
  charts: ChartServer
  /** Of the tool server's helm. */
  helmHome: string
}

const fresh = (stem: string) => `${stem}-${randomBytes(3).toString('hex')}`

/** One way to write for each tool that changes something in Jenkins. */
export const jenkinsWrites = {
  jenkins_trigger_build: ({ jenkins }: Targets) => {
    const job = jenkinsJob(jenkins)
    const args = { jobFullName: job, parameters: { VERSION: '2' }, wait_for_start: false }
    return postedOnce(jenkins, job, { name: 'jenkins_trigger_build', args })
  },
  jenkins_update_build: ({ jenkins }: Targets) => {
    const job = jenkinsJob(jenkins)
    const args = { jobFullName: job, build: 1, description: 'checked' }
    return postedOnce(jenkins, job, { name: 'jenkins_update_build', args })
  },
  jenkins_stop_build: ({ jenkins }: Targets) => {
    const job = jenkinsJob(jenkins)
    return postedOnce(jenkins, job, { name: 'jenkins_stop_build', args: { jobFullName: job, build: '1' } })
  },
  jenkins_cancel_queue_item: ({ jenkins }: Targets) => {
    const job = jenkinsJob(jenkins)
    const id = 1 + Math.max(0, ...jenkins.queue.map((item) => item.id))
    jenkins.queue.push({ id, job, why: 'Waiting for an executor', cancelled: false })
    const call = { name: 'jenkins_cancel_queue_item', args: { queueId: id } }
    return {
      call,
      effects: async () => jenkins.requests.filter(({ path }) => path.endsWith(`cancelItem?id=${id}`)).length,
    }
  },
} satisfies Record<string, (targets: Targets) => UnguardedWrite>

function jenkinsJob(jenkins: JenkinsServer): string {
  const job = fresh('job')
  jenkins.addJob(job, { parameters: [{ name: 'VERSION', type: 'String', default: '1' }], builds: [newBuild(1)] })
  return job
}

/** By Jenkins' own log of what it was sent. */
function postedOnce({ requests }: JenkinsServer, job: string, call: ScriptedToolCall): UnguardedWrite {
  const isIts = ({ method, path }: { method: string; path: string }) =>
    method === 'POST' && path.includes(`/job/${job}/`)
  return { call, effects: async () => requests.filter(isIts).length }
}

/** One way to write for each tool that changes a release. */
export const helmWrites = {
  helm_install: async (targets: Targets) => {
    const name = fresh('made')
    return await ofRelease(targets, name, { name: 'helm_install', args: chartArgs(targets, name, '1.0.0') })
  },
  helm_install_with_values: async (targets: Targets) => {
    const name = fresh('made')
    const args = { ...chartArgs(targets, name, '1.0.0'), values: 'color: green\n' }
    return await ofRelease(targets, name, { name: 'helm_install_with_values', args })
  },
  helm_upgrade: async (targets: Targets) => {
    const name = await stored(targets)
    return await ofRelease(targets, name, { name: 'helm_upgrade', args: chartArgs(targets, name, '1.1.0') })
  },
  helm_rollback: async (targets: Targets) => {
    const name = await stored(targets)
    const args = { release_name: name, namespace: targets.namespace, revision: 1 }
    return await ofRelease(targets, name, { name: 'helm_rollback', args })
  },
  helm_uninstall: async (targets: Targets) => {
    const name = await stored(targets)
    const args = { release_name: name, namespace: targets.namespace }
    return await ofRelease(targets, name, { name: 'helm_uninstall', args })
  },
  helm_test: async ({ apiServer, namespace }: Targets) => {
    const name = fresh('tested')
    const chart = await writeChart(webChart('1.0.0', { 'templates/check.yaml': check }))
    await runHelm(4, apiServer, ['install', `--namespace=${namespace}`, name, chart])
    const path = `/api/v1/namespaces/${namespace}/configmaps/${name}-check`
    return {
      call: { name: 'helm_test', args: { release_name: name, namespace } },
      effects: async () => ((await apiServer.request('GET', path)).status === 200 ? 1 : 0),
    }
  },
  helm_repo_add: async (targets: Targets) => {
    const [name, url] = await repository(targets, { isKnown: false })
    return fetchedOnce(targets, url, { name: 'helm_repo_add', args: { name, url } })
  },
  helm_repo_update: async (targets: Targets) => {
    const [, url] = await repository(targets)
    return fetchedOnce(targets, url, { name: 'helm_repo_update', args: {} })
  },
  helm_repo_remove: async (targets: Targets) => {
    const [name, url] = await repository(targets)
    return {
      call: { name: 'helm_repo_remove', args: { name } },
      effects: async () => ((await readFile(repositoriesOf(targets), 'utf8')).includes(url) ? 0 : 1),
    }
  },
} satisfies Record<string, (targets: Targets) => Promise<UnguardedWrite>>

/** A test that needs no node. */
const check = `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}-check", annotations: { "helm.sh/hook": test } }
`

const repositoriesOf = ({ helmHome }: Targets) => join(helmHome, 'config', 'repositories.yaml')

/** A repository that nobody else uses, and the only one that helm may know. */
async function repository(targets: Targets, { isKnown = true } = {}): Promise<[name: string, url: string]> {
  const name = fresh('repo')
  const url = `${targets.charts.url}/${name}`
  await mkdir(dirname(repositoriesOf(targets)), { recursive: true })
  const repositories = isKnown ? [{ name, url }] : []
  await writeFile(repositoriesOf(targets), JSON.stringify({ apiVersion: '', repositories }))
  return [name, url]
}

/** By what the repository was asked for. */
function fetchedOnce({ charts }: Targets, url: string, call: ScriptedToolCall): UnguardedWrite {
  const path = `${new URL(url).pathname}/index.yaml`
  return { call, effects: async () => charts.requests.filter((each) => each === path).length }
}

function chartArgs({ charts, namespace }: Targets, release_name: string, version: string) {
  return { release_name, chart: `${charts.url}/web-${version}.tgz`, namespace }
}

/** A release of two revisions. */
async function stored({ apiServer, namespace }: Targets): Promise<string> {
  const name = fresh('kept')
  const chart = await writeChart(webChart())
  for (const color of ['blue', 'red']) {
    await runHelm(4, apiServer, [
      'upgrade',
      '--install',
      `--namespace=${namespace}`,
      `--set=color=${color}`,
      name,
      chart,
    ])
  }
  return name
}

/** By its revisions: a new one is one effect, and so is that they have gone. */
async function ofRelease(
  { apiServer, namespace }: Targets,
  name: string,
  call: ScriptedToolCall,
): Promise<UnguardedWrite> {
  const revisions = async () => {
    const selector = encodeURIComponent(`owner=helm,name=${name}`)
    const path = `/api/v1/namespaces/${namespace}/secrets?labelSelector=${selector}`
    const { body } = await apiServer.request('GET', path)
    const { items } = body as { items: { metadata: { labels: { version: string } } }[] }
    return items.map(({ metadata }) => Number(metadata.labels.version))
  }
  const before = await revisions()
  return {
    call,
    effects: async () => {
      const now = await revisions()
      const gone = before.length > 0 && now.length === 0
      return gone ? 1 : now.filter((revision) => !before.includes(revision)).length
    },
  }
}
