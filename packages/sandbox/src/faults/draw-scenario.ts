import { imagesOf, manifestsOf } from './component.ts'
import { drawApplication } from './draw-application.ts'
import { placeFault } from './place-fault.ts'
import { type Random, seededRandom } from './random.ts'
import type { Fault, Scenario } from './scenario.ts'

export type Wanted = {
  seed: number
  namespace: string
  fault: Fault | 'none'
  /** Tags that the cluster's registry does not have. */
  badTags?: readonly [string, ...string[]]
}

/** An application of random, believable names in that namespace, with that fault. The same seed draws the same. */
export function drawScenario({ seed, namespace, fault, badTags }: Wanted): Scenario {
  const random = seededRandom(seed)
  const application = drawApplication(random, namespace)
  if (fault === 'none') {
    const manifests = application.components.flatMap(manifestsOf)
    const noticed = application.components.map(({ name }) => name)
    return { fault, namespace, images: imagesOf(application.components), manifests, edits: [], noticed }
  }
  return { fault, namespace, ...placeFault[fault]({ application, random, badTags: badTags ?? drawTags(random) }) }
}

/** Tags as people mistype them, or as pipelines have not pushed them. */
function drawTags(random: Random): [string, ...string[]] {
  const version = `${random.whole(5, 9)}.${random.whole(0, 9)}`
  return [`${version}.0-rc${random.whole(1, 4)}`, `v${version}`, `${version}.O`, `release-${random.whole(100, 999)}`]
}
