import { digestOf, repositoryOf, wholeImageName } from './image-name.ts'
import type { Image, Program } from './program.ts'

type Started = { image?: string | undefined; command?: readonly string[]; args?: readonly string[] }

/**
 * The images that the cluster pulls, and what their programs do. It stands beside the cluster's objects, as a registry
 * does: no answer of the API server shows what a program needs; the program's own log does when it fails.
 */
export class ImageRegistry {
  readonly #images = new Map<string, Image>()

  add(images: readonly Image[]): void {
    for (const image of images) this.#images.set(repositoryOf(wholeImageName(image.name)), image)
  }

  /** What runs in a container; undefined where the registry knows nothing of its image. */
  programOf({ image = '', command = [], args = [] }: Started): Program | undefined {
    const found = this.#images.get(repositoryOf(wholeImageName(image)))
    return found && (found.commands?.[[...command, ...args].join(' ')] ?? found.program)
  }

  /** Whether an image can be pulled. Of a host that nothing is known of, every image can be, but for two tags. */
  has(image: string): boolean {
    const whole = wholeImageName(image)
    const repository = repositoryOf(whole)
    const reference = whole.slice(repository.length)
    const found = this.#images.get(repository)
    if (found !== undefined) {
      return found.tags.some((tag) => [`:${tag}`, `@sha256:${digestOf(`${repository}:${tag}`)}`].includes(reference))
    }
    const host = hostOf(repository)
    const isKnownHost = [...this.#images.keys()].some((name) => hostOf(name) === host)
    return !isKnownHost && !missingTags.has(reference)
  }
}

const missingTags = new Set([':does-not-exist', ':no-such-tag'])

function hostOf(repository: string): string {
  return repository.slice(0, repository.indexOf('/'))
}
