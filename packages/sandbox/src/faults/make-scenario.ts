import type { Edit, Manifest } from './manifest.ts'
import type { Scenario } from './scenario.ts'

/** One request to an API server; rejects unless it is answered with success. */
export type Send = (method: string, path: string, body: unknown, contentType?: string) => Promise<unknown>

const paths: Readonly<Record<string, string>> = {
  ConfigMap: 'api/v1|configmaps',
  Secret: 'api/v1|secrets',
  Service: 'api/v1|services',
  ResourceQuota: 'api/v1|resourcequotas',
  Deployment: 'apis/apps/v1|deployments',
  StatefulSet: 'apis/apps/v1|statefulsets',
  Job: 'apis/batch/v1|jobs',
  CronJob: 'apis/batch/v1|cronjobs',
}

/** Makes a scenario's objects in its namespace, which is there already; its edits are made by `editScenario`. */
export async function makeScenario({ namespace, manifests }: Scenario, send: Send): Promise<void> {
  for (const manifest of manifests) await send('POST', pathOf(manifest.kind, namespace), manifest)
}

/** The change that went wrong. Everything runs before it is made. */
export async function editScenario({ namespace, edits }: Scenario, send: Send): Promise<void> {
  for (const { kind, name, patch } of edits) {
    await send('PATCH', `${pathOf(kind, namespace)}/${name}`, patch, 'application/merge-patch+json')
  }
}

function pathOf(kind: Manifest['kind'] | Edit['kind'], namespace: string): string {
  const [group, plural] = (paths[kind] ?? '').split('|')
  if (plural === undefined) throw new Error(`a scenario makes no ${kind}`)
  return `/${group}/namespaces/${namespace}/${plural}`
}
