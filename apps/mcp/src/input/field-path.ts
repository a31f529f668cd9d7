import { InvalidInput } from './invalid-input.ts'
import { plainWord } from './plain-word.ts'
import { shownValue } from './shown-value.ts'

const allowed = "A field is a path of names with '.' between them, as in spec.template.spec.containers[].image."
const pathPattern = /^[A-Za-z][A-Za-z0-9-]*(\[\])?(\.[A-Za-z][A-Za-z0-9-]*(\[\])?)*$/

/** The path of a field, by the names in it; `[]` behind a list may stand or not. */
export function fieldPath(parameter: string, value: string): string[] {
  const path = plainWord(parameter, value, allowed)
  if (path.length > 253)
    throw new InvalidInput(`${parameter} ${shownValue(path)} has ${path.length} characters. At most 253 are allowed.`)
  if (!pathPattern.test(path)) throw new InvalidInput(`${parameter} ${shownValue(path)} is not a field. ${allowed}`)
  return path.replaceAll('[]', '').split('.')
}
