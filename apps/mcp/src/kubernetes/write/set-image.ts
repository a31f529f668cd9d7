import { pointerOf, valueAt } from '@fairlead/contract/json/json-pointer'
import { z } from 'zod'
import { changeWords } from '../../effect/change-words/change-words.ts'
import { changesOf, nameForPeople, shownChanges } from '../../effect/effect-object.ts'
import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { revertUndo } from '../../effect/revert-undo.ts'
import { isImage } from '../../input/image.ts'
import { anyNamespace, resourceName, type } from '../../input/object-params.ts'
import { required } from '../../input/parameter.ts'
import { text } from '../../input/reader.ts'
import { describeTarget, type Target } from '../../kube/discovery/api-resource.ts'
import { type PatchWrite, planPatch } from '../../kube/plan/plan-patch.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import type { KubeObjectPlan, KubePlan } from '../../kube/target/kube-plan.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { type ImagePair, imagePairs } from './set-image/image-pairs.ts'
import { podSpecPath } from './set-image/pod-spec-path.ts'

export const k8sSetImage = defineTool({
  name: 'k8s_set_image',
  title: 'Update Kubernetes Container Images',
  description: 'Set the images of containers of a workload or pod. To change anything else of it use k8s_patch.',
  changes: 'write',
  idempotent: true,
  openWorld: false,
  input: z.object({
    resource_name: resourceName,
    resource_type: type,
    container_images: required('container_images', text(imagePairs), {
      description: 'NAME=IMAGE, comma separated; *=IMAGE for every container',
    }),
    namespace: anyNamespace,
  }),
  async plan(args, context): Promise<KubePlan> {
    const { kube, settings } = context
    const resource = await kube.resolve(args.resource_type)
    const path = podSpecPath(resource, args.resource_type)
    const target = { resource, name: args.resource_name, namespace: args.namespace ?? context.defaultNamespace }
    return {
      namespace: target.namespace,
      objects: [
        {
          plan: () =>
            readConsistently(async () => {
              const live = await kube.read(target)
              return planPatch(target, live, imagePatch(target, live, path, args.container_images), context)
            }),
        },
      ],
      summary: ([objectPlan]) => {
        const named = objectPlan === undefined ? args.resource_name : nameForPeople(objectPlan.ref)
        return objectPlan === undefined || changesOf(objectPlan).length === 0
          ? `${named} already has these images`
          : changeWords(shownChanges(objectPlan, settings.redactionKey))
      },
      undo: (objectPlans) => {
        const former = formerPairs(objectPlans[0], path, args.container_images)
        if (former === undefined) return revertUndo(objectPlans, settings.redactionKey)
        return {
          tool: 'k8s_set_image',
          args: {
            resource_name: args.resource_name,
            resource_type: args.resource_type,
            container_images: former.join(','),
            ...(args.namespace !== null && { namespace: args.namespace }),
          },
        }
      },
      report: ([objectPlan]) => {
        const changes = imageChanges(objectPlan, path).map(({ name, before, after }) => `${name} ${before} → ${after}`)
        return `${args.resource_name}: ${changes.length === 0 ? 'unchanged' : changes.join(', ')}`
      },
    }
  },
})

const lists = ['initContainers', 'containers'] as const

type Named = { name: string; image: string }

function containersAt(object: KubeObject | undefined, path: readonly string[], list: string): Named[] {
  const found = valueAt(object, pointerOf([...path, list]))
  if (!Array.isArray(found)) return []
  return found.filter(isRecord).map(({ name, image }) => ({ name: String(name), image: String(image ?? '') }))
}

/** Names and images of exactly the containers that are meant. */
function imagePatch(
  target: Target,
  live: KubeObject,
  path: readonly string[],
  pairs: readonly ImagePair[],
): PatchWrite {
  const known = lists.flatMap((list) => containersAt(live, path, list)).map(({ name }) => name)
  const unknown = pairs.find(({ container }) => container !== '*' && !known.includes(container))
  if (unknown !== undefined) {
    throw new ToolError(
      'InvalidArgument',
      `${describeTarget(target)} has no container "${unknown.container}". Its containers: ${known.join(', ')}.`,
    )
  }
  const patchOf = (list: string) =>
    containersAt(live, path, list).flatMap(({ name }) => {
      const pair = pairs.find(({ container }) => container === '*' || container === name)
      return pair === undefined ? [] : [{ name, image: pair.image }]
    })
  const spec = Object.fromEntries(lists.map((list) => [list, patchOf(list)]).filter(([, patched]) => patched?.length))
  const patch = path.reduceRight<Record<string, unknown>>((inner, key) => ({ [key]: inner }), spec)
  return { verb: 'patch', type: 'strategic', patch, fieldValidation: 'Strict' }
}

function imageChanges(objectPlan: KubeObjectPlan | undefined, path: readonly string[]) {
  return lists.flatMap((list) => {
    const after = containersAt(objectPlan?.after, path, list)
    return containersAt(objectPlan?.before, path, list).flatMap(({ name, image: before }) => {
      const image = after.find((each) => each.name === name)?.image ?? before
      return image === before ? [] : [{ name, before, after: image }]
    })
  })
}

/** The pairs that bring the former images back; undefined where images by name cannot say what was there. */
function formerPairs(
  objectPlan: KubeObjectPlan | undefined,
  path: readonly string[],
  requested: readonly ImagePair[],
): readonly string[] | undefined {
  const changes = imageChanges(objectPlan, path)
  const isNamed = changes.length === 1 || requested.every(({ container }) => container !== '*')
  const isAll = objectPlan !== undefined && changes.length > 0 && changesOf(objectPlan).length === changes.length
  if (!isNamed || !isAll || !changes.every(({ before }) => isImage(before))) return undefined
  return changes.map(({ name, before }) => `${name}=${before}`)
}
