import { type Cause, causes } from '../values/api-status-error.ts'
import { type Json, listAt, numberAt, objectAt, textAt } from '../values/json.ts'
import { labelCauses } from '../values/label-causes.ts'
import { labelFaults, qualifiedNameFaults } from '../values/names.ts'

/** Checks that several kinds share. Each answers what is wrong. */

export function notNegative(object: Json, name: string, path: string): Cause[] {
  const value = numberAt(object, name)
  if (value === undefined || value >= 0) return []
  return [causes.invalid(`${path}.${name}`, value, 'must be greater than or equal to 0')]
}

export function oneOf(value: string | undefined, allowed: readonly string[], path: string): Cause[] {
  if (value !== undefined && allowed.includes(value)) return []
  if (!value) return [causes.required(path)]
  return [causes.notSupported(path, value, allowed.toSorted())]
}

export function portNumber(value: number, path: string): Cause[] {
  return value >= 1 && value <= 65_535 ? [] : [causes.invalid(path, value, 'must be between 1 and 65535, inclusive')]
}

export function labelName(name: string, path: string): Cause[] {
  return labelFaults(name).map((fault) => causes.invalid(path, name, fault))
}

/** A label selector's own grammar. */
export function selectorCauses(selector: Json | undefined, path: string): Cause[] {
  const found = labelCauses(objectAt(selector, 'matchLabels'), `${path}.matchLabels`)
  listAt(selector, 'matchExpressions').forEach((each, index) => {
    const at = `${path}.matchExpressions[${index}]`
    const operator = textAt(each, 'operator') ?? ''
    const values = listAt(each, 'values')
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        found.push(causes.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        found.push(
          causes.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        )
      }
    } else found.push(causes.invalid(`${at}.operator`, operator, 'not a valid selector operator'))
    const key = textAt(each, 'key') ?? ''
    found.push(...qualifiedNameFaults(key).map((fault) => causes.invalid(`${at}.key`, key, fault)))
  })
  return found
}

/** A number, or a share such as `25%`. */
export function shareCauses(value: Json | undefined, path: string): Cause[] {
  if (value === undefined) return []
  if (typeof value === 'number') {
    return value >= 0 ? [] : [causes.invalid(path, value, 'must be greater than or equal to 0')]
  }
  if (typeof value === 'string' && /^[0-9]+%$/.test(value)) {
    return []
  }
  return [
    causes.invalid(
      path,
      value,
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ),
  ]
}
