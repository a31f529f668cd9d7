import { pointerOf, tokensOf, valueAt } from '@fairlead/contract/json/json-pointer'
import { z } from 'zod'
import { changesOf, nameForPeople } from '../../effect/effect-object.ts'
import { isRecord } from '../../effect/is-record.ts'
import { applyPatch } from '../../effect/json-patch.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { revertUndo } from '../../effect/revert-undo.ts'
import { isImage } from '../../input/image.ts'
import { container, name, namespace } from '../../input/object-params.ts'
import { required } from '../../input/parameter.ts'
import { plainWord } from '../../input/plain-word.ts'
import { text } from '../../input/reader.ts'
import { describeTarget } from '../../kube/discovery/api-resource.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import type { KubeObjectPlan, KubePlan } from '../../kube/target/kube-plan.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { rolloutTarget, stateAfter } from '../shared/decided-plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import { planReplacement } from '../shared/plan-replacement.ts'
import { asRollout } from '../shared/rollout.ts'
import { nextWords } from '../shared/steps.ts'
import { type TemplateHolder, templateHolder } from '../shared/workload-reference.ts'
import { type ContainerImage, containerImage } from './set-image/container-image.ts'

export const argoSetImage = defineTool({
  name: 'argo_set_image',
  title: 'Set Argo Rollout Image',
  description: 'Set the image of a container of a Rollout, which starts an update. For Deployments use k8s_set_image.',
  changes: 'write',
  idempotent: true,
  openWorld: false,
  input: z.object({
    name,
    image: required(
      'image',
      text((parameter, value) => plainWord(parameter, value, allowed)),
      {
        description: 'CONTAINER=IMAGE; *=IMAGE for every container; IMAGE alone with container_name',
      },
    ),
    namespace,
    container_name: container,
  }),
  async plan(args, context): Promise<KubePlan> {
    const { kube, settings } = context
    const wanted = containerImage(args.image, args.container_name)
    const target = await rolloutTarget(args, context)
    const rollout = asRollout(await kube.read(target))
    const done = (objectPlans: readonly KubeObjectPlan[]) => reportOf(args.name, imageChanges(objectPlans[0]))
    return {
      namespace: target.namespace,
      objects: [
        {
          plan: () =>
            readConsistently(async () => {
              const holder = await templateHolder(target, asRollout(await kube.read(target)), kube)
              const change = { wanted: withImage(holder, wanted), said: wanted.image }
              return planReplacement(holder.target, holder.object, change, context)
            }),
        },
      ],
      summary: ([objectPlan]) => {
        const named = nameForPeople({ ...rollout, ...rollout.metadata })
        const changes = imageChanges(objectPlan)
        if (changes.length === 0) return `${named} already has this image`
        const isCanary = rollout.spec.strategy?.canary !== undefined
        const next = isCanary ? nextWords(rollout, 0) : 'the new version starts beside the active one'
        const places = changes.map(({ name, before, after }) => `${name} ${before} → ${after}`).join(', ')
        return `Set the image of ${named}: ${places}; ${next}`
      },
      undo: (objectPlans) => {
        const changes = imageChanges(objectPlans[0])
        const [only, ...others] = changes
        const isNamed = only !== undefined && others.length === 0 && isImage(only.before)
        if (!isNamed) return revertUndo(objectPlans, settings.redactionKey)
        const where = args.namespace === null ? {} : { namespace: args.namespace }
        return { tool: 'argo_set_image', args: { name: args.name, image: `${only.name}=${only.before}`, ...where } }
      },
      report: (objectPlans) => `rollout.argoproj.io/${done(objectPlans)}`,
      settle: (objectPlans) =>
        imageChanges(objectPlans[0]).length === 0
          ? Promise.resolve({ output: `rollout.argoproj.io/${done(objectPlans)}` })
          : stateAfter(target, 'has its new image', context),
    }
  },
})

const allowed = 'It is CONTAINER=IMAGE, *=IMAGE for every container, or IMAGE with container_name.'
const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const

type Place = { path: string; name: string; image: string }

function placesOf(object: unknown, path: string): Place[] {
  return lists.flatMap((list) => {
    const at = [...tokensOf(path), 'spec', list]
    const found = valueAt(object, pointerOf(at))
    if (!Array.isArray(found)) return []
    return found.flatMap((each, index): Place[] =>
      isRecord(each)
        ? [
            {
              path: pointerOf([...at, String(index), 'image']),
              name: String(each.name),
              image: String(each.image ?? ''),
            },
          ]
        : [],
    )
  })
}

function withImage({ target, object, path }: TemplateHolder, { container, image }: ContainerImage): KubeObject {
  const places = placesOf(object, path)
  const meant = places.filter(({ name }) => container === '*' || name === container)
  if (meant.length === 0) {
    const known = places.map(({ name }) => name).join(', ')
    throw new ToolError(
      'InvalidArgument',
      `${describeTarget(target)} has no container "${container}". Its containers: ${known || 'none'}.`,
    )
  }
  return applyPatch(
    object,
    meant.map(({ path }) => ({ op: 'replace' as const, path, value: image })),
  ) as KubeObject
}

function imageChanges(objectPlan: KubeObjectPlan | undefined): { name: string; before: string; after: string }[] {
  if (objectPlan === undefined) return []
  return changesOf(objectPlan).flatMap(({ path, before, after }) => {
    const owner = valueAt(objectPlan.after, pointerOf(tokensOf(path).slice(0, -1)))
    const isImagePath = tokensOf(path).at(-1) === 'image' && isRecord(owner)
    return isImagePath ? [{ name: String(owner.name), before: String(before), after: String(after) }] : []
  })
}

function reportOf(name: string, changes: ReturnType<typeof imageChanges>): string {
  if (changes.length === 0) return `${name}: unchanged`
  return `${name}: ${changes.map(({ name, before, after }) => `${name} ${before} → ${after}`).join(', ')}`
}
