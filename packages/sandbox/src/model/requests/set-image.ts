import { type Container, containersOf, isWorkload } from '../cluster/objects.ts'
import { readObject } from '../cluster/read-objects.ts'
import { nameOf } from '../evidence/finding.ts'
import { repositoryOf } from '../evidence/image-cause.ts'
import { patchContainer } from '../evidence/patches.ts'
import type { Plan } from '../plan.ts'
import { change } from './change.ts'
import { chooseObject } from './one-object.ts'
import type { Request } from './request.ts'

export function* setImage(request: Request): Plan<string> {
  const chosen = chooseObject(request, ['Deployment', 'StatefulSet', 'DaemonSet'])
  if ('sentence' in chosen) return chosen.sentence
  const { ref } = chosen
  const object = yield* readObject(ref.kind.toLowerCase(), ref.name, ref.namespace)
  if (object === undefined || !isWorkload(object)) return `${nameOf(ref)} cannot be read, so nothing was changed.`
  const containers = containersOf(object.spec.template.spec)
  const asked = request.understood.images.at(-1) ?? ''
  const container = meantContainer(containers, { asked, request })
  if (container === undefined) {
    const names = containers.map(({ name, image }) => `\`${name}\` (\`${image}\`)`)
    return `${nameOf(ref)} has several containers: ${names.join(', ')}. Say which one is meant.`
  }
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
    calls: [{ tool: 'k8s_set_image', args }, patchContainer(object, container, { image })],
    offered: request.offered,
  })
}

function meantContainer(
  containers: readonly Container[],
  { asked, request }: { asked: string; request: Request },
): Container | undefined {
  const words = request.understood.tokens.map(({ text }) => text)
  return (
    containers.find(({ name }) => containers.length > 1 && words.includes(name)) ??
    containers.find(({ image = '' }) => /[:/]/.test(asked) && repositoryOf(image) === repositoryOf(asked)) ??
    (containers.length === 1 ? containers[0] : undefined)
  )
}

/** A tag or version alone is one of the image that is there; a name without a registry keeps that of the image. */
function wholeImage(asked: string, { image = '' }: Container): string {
  if (!asked.includes(':') && !asked.includes('@')) return `${repositoryOf(image)}:${asked}`
  const [name = ''] = asked.split(':')
  return repositoryOf(image).endsWith(`/${name}`) ? `${repositoryOf(image)}${asked.slice(name.length)}` : asked
}
