import type { RenderedObject } from '../../helm-cli/generated-values.ts'

type Waiting = { wait: boolean; atomic?: boolean; objects: readonly RenderedObject[]; major: number }

/**
 * Helm 4 takes a Rollout of Argo for one that is never ready, since it tells its observed generation as text: it would wait
 * until its time is over, and call the release failed. Its older way to wait looks at the kinds of Kubernetes alone.
 */
export function waitFlags({ wait, atomic = false, objects, major }: Waiting): string[] {
  const hasRollouts = objects.some(
    ({ object: { apiVersion, kind } }) => kind === 'Rollout' && apiVersion.startsWith('argoproj.io/'),
  )
  if (major >= 4 && hasRollouts && (wait || atomic)) return ['--wait=legacy']
  return wait ? ['--wait'] : []
}
