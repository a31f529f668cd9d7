import { InvalidInput } from './invalid-input.ts'
import { objectName } from './names.ts'
import { plainWord } from './plain-word.ts'
import { shownValue } from './shown-value.ts'

const allowed = "A type has letters, digits, '-' and '.', as in pods, deployments.apps or deployments.v1.apps."
const typePattern = /^[A-Za-z][-A-Za-z0-9.]*$/
const mostTypes = 20

/** One type, `TYPE`, `TYPE.GROUP` or `TYPE.VERSION.GROUP`, in any case; discovery says whether it exists. */
export function resourceType(parameter: string, value: string): string {
  const type = plainWord(parameter, value, allowed)
  if (type.length > 253)
    throw new InvalidInput(`${parameter} ${shownValue(type)} has ${type.length} characters. At most 253 are allowed.`)
  if (!typePattern.test(type)) throw new InvalidInput(`${parameter} ${shownValue(type)} is not a type. ${allowed}`)
  return type
}

/** What a read may ask for: several types or categories, or one object by `TYPE/NAME`. */
export type ReadTypes = { types: string[]; name?: string }

/** A comma list, a category (told apart by discovery alone), or `TYPE/NAME`. */
export function readTypes(parameter: string, value: string): ReadTypes {
  const word = plainWord(parameter, value, allowed)
  const [type = '', name, ...rest] = word.split('/')
  if (name !== undefined) {
    if (rest.length > 0)
      throw new InvalidInput(`${parameter} ${shownValue(word)} has more than one '/'. TYPE/NAME has one.`)
    return { types: [resourceType(parameter, type)], name: objectName(parameter, name) }
  }
  const types = word.split(',')
  if (types.length > mostTypes)
    throw new InvalidInput(`${parameter} names ${types.length} types. At most ${mostTypes} are allowed.`)
  return { types: types.map((each) => resourceType(parameter, each)) }
}
