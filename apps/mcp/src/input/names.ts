import { InvalidInput } from './invalid-input.ts'
import { plainWord } from './plain-word.ts'
import { shownValue } from './shown-value.ts'

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const nameLetters = "A name has lower-case letters, digits, '-' and '.'."
const labelLetters = "It has lower-case letters, digits and '-'."

/** The name of an object, an RFC 1123 subdomain. ':' is for `requireNameOfKind` to judge, which knows the type. */
export function objectName(parameter: string, value: string): string {
  const name = plainWord(parameter, value, nameLetters)
  atMost(parameter, name, 253)
  // System roles read "system:controller:job-controller": each part between colons is a name of its own.
  if (!name.split(':').every((part) => subdomain.test(part)))
    throw new InvalidInput(`${parameter} ${shownValue(name)} is not a name. ${nameLetters}`)
  return name
}

/** The name of a namespace, an RFC 1123 label. */
export function namespaceName(parameter: string, value: string): string {
  return labelName(parameter, value, 'namespace')
}

/** The name of a container, an RFC 1123 label. */
export function containerName(parameter: string, value: string): string {
  return labelName(parameter, value, 'container name')
}

/** The name of a part of a resource with a path of its own: log, exec, scale. */
export function subresourceName(parameter: string, value: string): string {
  return labelName(parameter, value, 'subresource')
}

function labelName(parameter: string, value: string, noun: string): string {
  const name = plainWord(parameter, value, labelLetters)
  atMost(parameter, name, 63)
  if (!label.test(name)) throw new InvalidInput(`${parameter} ${shownValue(name)} is not a ${noun}. ${labelLetters}`)
  return name
}

function atMost(parameter: string, name: string, most: number): void {
  if (name.length > most)
    throw new InvalidInput(
      `${parameter} ${shownValue(name)} has ${name.length} characters. At most ${most} are allowed.`,
    )
}

const rbacType = /^(cluster)?role(binding)?s?(\.|$)/i

/** Only RBAC kinds may have ':' in a name. */
export function requireNameOfKind(parameter: string, name: string, resourceType: string): void {
  if (name.includes(':') && !rbacType.test(resourceType))
    throw new InvalidInput(
      `${parameter} ${shownValue(name)} contains ':', which only names of roles and bindings may. ${nameLetters}`,
    )
}
