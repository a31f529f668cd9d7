import type { Container } from '../cluster/objects.ts'
import { repositoryOf } from '../cluster/repository-of.ts'
import { nameOf } from '../evidence/finding.ts'
import { patchContainer } from '../evidence/patches.ts'
import type { Plan } from '../plan/plan.ts'
import type { Order } from '../requests/request.ts'
import { change } from './change.ts'
import { chooseContainer } from './choose-container.ts'

export function* setImage(order: Order): Plan<string> {
  const wanted = order.value.image ?? ''
  const chosen = yield* chooseContainer(
    order,
    ({ image = '' }) => /[:/]/.test(wanted) && repositoryOf(image) === repositoryOf(wanted),
  )
  if ('sentence' in chosen) return chosen.sentence
  const { ref, workload, container } = chosen
  const image = wholeImage(wanted, container)
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
function wholeImage(wanted: string, { image = '' }: Container): string {
  if (!wanted.includes(':') && !wanted.includes('@')) return `${repositoryOf(image)}:${wanted}`
  const [own, name] = [repositoryOf(image), repositoryOf(wanted)]
  return own.endsWith(`/${name}`) ? `${own}${wanted.slice(name.length)}` : wanted
}
