import { type KeySource, keySources, keySourcesGiven } from '../../effect/highlights/execution/key-sources.ts'
import type { Unseen } from '../../effect/highlights/unseen.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { ObjectPlan } from '../../target/plan.ts'
import type { Kube } from '../kube.ts'
import { unlessRefused } from './unless-refused.ts'

/** A pod has a few. */
const MAX_SOURCES = 100

type Wanted = KeySource & { namespace: string; objects: number[] }

/**
 * What is in the cluster already and is given by its name to pods that would be written: their commands may run what is in
 * it. What is not there yet runs nothing.
 */
export async function givenSources(
  kube: Kube,
  objectPlans: readonly ObjectPlan[],
): Promise<{ found: KubeObject[]; unseen: Unseen[] }> {
  const wanted = unwrittenOf(objectPlans)
  const results = await Promise.all(
    wanted.slice(0, MAX_SOURCES).map(async (each) => ({ each, ...(await find(kube, each)) })),
  )
  const unseen = [
    ...results.flatMap(({ each, refusal }) => (refusal === undefined ? [] : unread(each, refusal))),
    ...tooMany(wanted.slice(MAX_SOURCES)),
  ]
  return { found: results.flatMap(({ object }) => object ?? []), unseen }
}

/** What the call writes itself is known as it will be. */
function unwrittenOf(objectPlans: readonly ObjectPlan[]): Wanted[] {
  const written = new Set(objectPlans.map(({ ref }) => keyOf(ref)))
  const wanted = new Map<string, Wanted>()
  for (const [index, { after, ref }] of objectPlans.entries()) {
    const { namespace } = ref
    if (after === undefined || namespace === undefined) continue
    for (const source of keySourcesGiven(after)) {
      const key = keyOf({ ...source, namespace })
      if (written.has(key)) continue
      const known = wanted.get(key) ?? { ...source, namespace, objects: [] }
      known.objects.push(index)
      wanted.set(key, known)
    }
  }
  return [...wanted.values()]
}

async function find(kube: Kube, { kind, namespace, name }: Wanted): Promise<{ object?: KubeObject; refusal?: string }> {
  return await unlessRefused(async () => {
    const object = await kube.find({ resource: await kube.resolve(keySources[kind].resource), namespace, name })
    return object === undefined ? {} : { object }
  })
}

function unread({ kind, name, objects }: Wanted, refusal: string): Unseen[] {
  const fact = `${kind} ${name} could not be read, so what it has to run is not known: ${refusal}`
  return objects.map((object) => ({ object, fact }))
}

function tooMany(rest: readonly Wanted[]): Unseen[] {
  const objects = [...new Set(rest.flatMap((each) => each.objects))]
  return objects.map((object) => {
    const names = rest.filter((each) => each.objects.includes(object)).map(({ kind, name }) => `${kind} ${name}`)
    return { object, fact: `${names.length} of what it is given was not looked at: ${names.join(', ')}` }
  })
}

function keyOf({ kind, namespace, name }: { kind: string; namespace?: string; name: string }): string {
  return JSON.stringify([kind, namespace, name])
}
