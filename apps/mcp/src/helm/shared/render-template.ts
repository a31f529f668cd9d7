import type { KubeObject } from '../../effect/kube-object.ts'
import type { HelmContext } from '../../helm-cli/helm-context.ts'
import { helmError } from '../../helm-cli/helm-error.ts'
import { renderedObjects } from '../../helm-cli/rendered.ts'

export type Template = {
  release: string
  namespace: string
  /** Path of the fetched archive. */
  chart: string
  /** Undefined: those of the chart. */
  values: Readonly<Record<string, unknown>> | undefined
  includesCrds: boolean
}

/** What a chart renders without a cluster. */
export async function renderTemplate(
  { release, namespace, chart, values, includesCrds }: Template,
  context: HelmContext,
): Promise<KubeObject[]> {
  const end = await context.helm.run({
    args: [
      'template',
      '--dry-run=client',
      `--namespace=${namespace}`,
      ...(includesCrds ? ['--include-crds'] : []),
      ...(values === undefined ? [] : ['--values=-']),
    ],
    operands: [release, chart],
    ...(values !== undefined && { stdin: JSON.stringify(values) }),
  })
  if (end.code !== 0) throw helmError(end)
  return renderedObjects(end.stdout, context)
}
