import type { Container } from '../cluster/objects.ts'
import { repositoryOf } from '../cluster/repository-of.ts'
import { nameOf } from '../evidence/finding.ts'
import { patchContainer } from '../evidence/patches.ts'
import type { Plan } from '../plan.ts'
import { change } from './change.ts'
import { chooseContainer } from './choose-container.ts'
import type { Order } from './request.ts'

export function* setImage(order: Order): Plan<string> {
  const asked = order.value.image ?? ''
  const chosen = yield* chooseContainer(
    order,
    ({ image = '' }) => /[:/]/.test(asked) && repositoryOf(image) === repositoryOf(asked),
  )
  if ('sentence' in chosen) return chosen.sentence
  const { ref, workload, container } = chosen
  const image = wholeImage(asked, container)
  const before = `${nameOf(ref)}: \`spec.template.spec.containers[${container.name}].image\` is \`${container.image}\``
  if (image === container.image) return `${before} already, so there is nothing to change.`
  const args = {
    resource_name: ref.name,
    resource_type: ref.kind.toLowerCase(),
    container_images: `${container.name}=${image}`,
    namespace: ref.namespace,
  }
  return yield* change({
    ref,
    before,
    says: `set the image of ${nameOf(ref)} to \`${image}\``,
    calls: [{ tool: 'k8s_set_image', args }, patchContainer(workload, container, { image })],
    offered: order.offered,
  })
}

/** A tag or version alone is one of the image that is there; a name without a registry keeps that of the image. */
function wholeImage(asked: string, { image = '' }: Container): string {
  if (!asked.includes(':') && !asked.includes('@')) return `${repositoryOf(image)}:${asked}`
  const [own, name] = [repositoryOf(image), repositoryOf(asked)]
  return own.endsWith(`/${name}`) ? `${own}${asked.slice(name.length)}` : asked
}
