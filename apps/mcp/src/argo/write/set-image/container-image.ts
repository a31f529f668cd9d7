import { image } from '../../../input/image.ts'
import { InvalidInput } from '../../../input/invalid-input.ts'
import { containerName } from '../../../input/names.ts'
import { plainWord } from '../../../input/plain-word.ts'
import { shownValue } from '../../../input/shown-value.ts'

/** `*` stands for every container. */
export type ContainerImage = { container: string; image: string }

/** `CONTAINER=IMAGE`, or an image alone beside the container's name. */
export function containerImage(value: string, container: string | null): ContainerImage {
  const word = plainWord(
    'image',
    value,
    'It is CONTAINER=IMAGE, *=IMAGE for every container, or IMAGE with container_name.',
  )
  const parts = word.split('=')
  if (container !== null) {
    if (parts.length > 1)
      throw new InvalidInput(
        `image ${shownValue(word)} names a container, and container_name does, too. Only one of them may.`,
      )
    return { container, image: image('image', word) }
  }
  const [named, reference] = parts
  if (named === undefined || reference === undefined || parts.length !== 2)
    throw new InvalidInput(
      `image ${shownValue(word)} must be CONTAINER=IMAGE, with exactly one '=', unless container_name is given.`,
    )
  return { container: named === '*' ? named : containerName('image', named), image: image('image', reference) }
}
