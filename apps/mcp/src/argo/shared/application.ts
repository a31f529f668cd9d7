import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { namespaceName } from '../../input/names.ts'
import { optional } from '../../input/parameter.ts'
import { text } from '../../input/reader.ts'
import type { Target } from '../../kube/discovery/api-resource.ts'
import type { Kube } from '../../kube/kube.ts'
import { argoResource } from './argo-resource.ts'

/** An Application of Argo CD as far as it is read. Source: `pkg/apis/application/v1alpha1` of Argo CD. */
export type Application = KubeObject & {
  spec: {
    project?: string
    source?: ApplicationSource
    sources?: readonly ApplicationSource[]
    destination?: Destination
    syncPolicy?: { automated?: { prune?: boolean; selfHeal?: boolean }; syncOptions?: readonly string[] }
  }
  /** Under way, or about to be taken up by the controller. */
  operation?: Operation
  status: {
    sync?: {
      status?: string
      revision?: string
      revisions?: readonly string[]
      /** Of the spec as it was when Argo CD compared. */
      comparedTo?: Partial<Compared>
    }
    health?: { status?: string; message?: string }
    conditions?: readonly { type?: string; message?: string }[]
    resources?: readonly ApplicationResource[]
    operationState?: {
      phase?: string
      message?: string
      operation?: Operation
      startedAt?: string
      finishedAt?: string
    }
    history?: readonly { id?: number; revision?: string; deployedAt?: string }[]
  }
}

type Destination = { server?: string; name?: string; namespace?: string }

/** What decides which objects a sync writes, and where. */
export type Compared = {
  source: ApplicationSource | undefined
  sources: readonly ApplicationSource[] | undefined
  destination: Destination | undefined
}

type ApplicationSource = { repoURL?: string; path?: string; chart?: string; targetRevision?: string }

export type Operation = {
  initiatedBy?: { username?: string }
  info?: readonly { name: string; value: string }[]
  sync?: Readonly<Record<string, unknown>>
}

export type ApplicationResource = {
  group?: string
  kind?: string
  namespace?: string
  name?: string
  status?: string
  health?: { status?: string; message?: string }
  /** It is no longer in the source: a sync that prunes deletes it. */
  requiresPruning?: boolean
}

export function asApplication(object: KubeObject): Application {
  return {
    ...object,
    spec: isRecord(object.spec) ? object.spec : {},
    status: isRecord(object.status) ? object.status : {},
  }
}

/** Where Argo CD keeps its Applications unless somebody has chosen. */
export const applicationNamespace = optional('namespace', text(namespaceName), 'argocd')

export async function applicationTarget(
  { name, namespace }: { name: string; namespace: string },
  kube: Pick<Kube, 'resourceOf'>,
): Promise<Target & { namespace: string }> {
  return { resource: await argoResource(kube, 'Application'), namespace, name }
}

/** `https://git.example/shop, deploy/web, at main`. */
export function sourceText({ spec }: Application): string {
  const sources = spec.sources ?? (spec.source === undefined ? [] : [spec.source])
  return sources
    .map(({ repoURL = '', path, chart, targetRevision }) =>
      [repoURL, path ?? chart, targetRevision === undefined ? undefined : `at ${targetRevision}`]
        .filter(Boolean)
        .join(', '),
    )
    .join('; ')
}

/** `apps/Deployment shop/web`. */
export function resourceText({ group, kind = '', namespace, name = '' }: ApplicationResource): string {
  return `${group ? `${group}/` : ''}${kind} ${namespace ? `${namespace}/` : ''}${name}`
}

/** The commits that Argo CD has compared last; undefined where it has compared none. */
export function revisionText({ status: { sync = {} } }: Application): string | undefined {
  return sync.revision ?? sync.revisions?.join(', ')
}

export function outOfSync({ status }: Application): ApplicationResource[] {
  return (status.resources ?? []).filter((each) => each.status === 'OutOfSync' || each.requiresPruning === true)
}
