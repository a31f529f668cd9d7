import type { Container, Job, Ref, Workload } from '../cluster/objects.ts'
import { refOf } from '../cluster/objects.ts'
import type { Call } from '../plan/plan.ts'

/** A change of one object's fields. Lists with a key (containers, env, ports) are merged by it in a strategic patch. */
export function patch({ kind, namespace, name }: Ref, fields: object, type: 'strategic' | 'merge' = 'strategic'): Call {
  const args = { name, resource_type: kind.toLowerCase(), patch: JSON.stringify(fields), patch_type: type }
  return { tool: 'k8s_patch', args: { ...args, ...(namespace !== undefined && { namespace }) } }
}

/** A change of one container in a workload's template. */
export function patchContainer(workload: Workload, container: Container, fields: object, spec: object = {}): Call {
  const list = workload.spec.template.spec.initContainers?.some(({ name }) => name === container.name)
    ? 'initContainers'
    : 'containers'
  const template = { spec: { [list]: [{ name: container.name, ...fields }], ...spec } }
  return patch(refOf(workload), { spec: { template } })
}

/** A Job cannot be changed: the same one again under a new name, with its container changed. */
export function jobAgain(job: Job, change: { container?: Container; spec?: object }): { call: Call; name: string } {
  const { labels: _, ...template } = job.spec.template.metadata ?? {}
  const containers = job.spec.template.spec.containers.map((container) =>
    container.name === change.container?.name ? change.container : container,
  )
  const name = nameAgain(job.metadata.name)
  const manifest = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: job.metadata.namespace, labels: ownLabels(job.metadata.labels) },
    spec: {
      ...(job.spec.backoffLimit !== undefined && { backoffLimit: job.spec.backoffLimit }),
      ...(job.spec.activeDeadlineSeconds !== undefined && { activeDeadlineSeconds: job.spec.activeDeadlineSeconds }),
      ...change.spec,
      template: {
        metadata: { ...template, labels: ownLabels(job.spec.template.metadata?.labels) },
        spec: { ...job.spec.template.spec, containers },
      },
    },
  }
  return {
    call: { tool: 'k8s_apply', args: { content: JSON.stringify(manifest), namespace: job.metadata.namespace } },
    name,
  }
}

/** `import`, `import-again`, `import-again-2`. */
function nameAgain(name: string): string {
  const [, start, count = 1] = /^(.*-again)(?:-(\d+))?$/.exec(name) ?? []
  return start === undefined ? `${name.slice(0, 52)}-again` : `${start}-${Number(count) + 1}`
}

/** Labels that people gave; those of the Job's controller would tie the new pods to the old Job. */
function ownLabels(labels: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter(([key]) => !/^(?:batch\.kubernetes\.io\/|job-name$|controller-uid$)/.test(key)),
  )
}
