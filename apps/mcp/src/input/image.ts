import { InvalidInput } from './invalid-input.ts'
import { plainWord } from './plain-word.ts'
import { shownValue } from './shown-value.ts'

const mostCharacters = 512
const allowed = 'An image is [HOST[:PORT]/]PATH[:TAG][@DIGEST], as in registry.example.com/shop/web:1.4.'

const hostLabel = '[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?'
const host = `(?:${hostLabel}(?:\\.${hostLabel})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?`
const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const tag = '[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}'
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}'
const reference = new RegExp(`^(?:${host}/)?${part}(?:/${part})*(?::${tag})?(?:@${digest})?$`)

/** A reference by the grammar of OCI registries. */
export function image(parameter: string, value: string): string {
  const word = plainWord(parameter, value, allowed)
  if (word.length > mostCharacters) {
    throw new InvalidInput(
      `${parameter} ${shownValue(word)} has ${word.length} characters. At most ${mostCharacters} are allowed.`,
    )
  }
  if (!isImage(word)) throw new InvalidInput(`${parameter} ${shownValue(word)} is not an image. ${allowed}`)
  return word
}

/** The same for a value that nobody typed: an image found in the cluster may be written otherwise. */
export function isImage(value: string): boolean {
  return value.length <= mostCharacters && reference.test(value)
}

/** The same with its digest: what runs is what was approved, whoever moves a tag meanwhile. */
export function pinnedImage(parameter: string, value: string): string {
  const word = image(parameter, value)
  if (/@sha256:[0-9a-f]{64}$/.test(word)) return word
  throw new InvalidInput(
    `${parameter} ${shownValue(word)} has no digest. Write it with one, as in registry.example.com/busybox@sha256:….`,
  )
}
