import { image } from '../../../input/image.ts'
import { InvalidInput } from '../../../input/invalid-input.ts'
import { containerName } from '../../../input/names.ts'
import { plainWord, trimmed } from '../../../input/plain-word.ts'
import { shownValue } from '../../../input/shown-value.ts'

/** `*` stands for every container. */
export type ImagePair = { container: string; image: string }

const allowed = "It has pairs NAME=IMAGE, or one *=IMAGE for every container, with ',' or a space between."

/** `app=nginx:1.27,proxy=envoy:1.30`. No container is named twice. */
export function imagePairs(parameter: string, value: string): ImagePair[] {
  const pairs = trimmed(value)
    .split(/[, ]+/)
    .map((each) => pairOf(parameter, each))
  const names = pairs.map(({ container }) => container)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new InvalidInput(`${parameter} names container ${shownValue(twice)} twice.`)
  if (names.includes('*') && names.length > 1) {
    throw new InvalidInput(`${parameter} has * and names of containers. * stands for every container.`)
  }
  return pairs
}

function pairOf(parameter: string, text: string): ImagePair {
  const word = plainWord(parameter, text, allowed)
  const at = word.indexOf('=')
  if (at === -1) throw new InvalidInput(`${parameter} ${shownValue(word)} is no pair. ${allowed}`)
  const container = word.slice(0, at)
  return {
    container: container === '*' ? container : containerName(parameter, container),
    image: image(parameter, word.slice(at + 1)),
  }
}
