import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js'
import { freeText } from './free-text.ts'
import { InvalidInput } from './invalid-input.ts'
import { shownValue } from './shown-value.ts'

const literal = freeText(500)

/** A regular expression of RE2, whose time is linear whatever it and the text say. */
export function pattern(parameter: string, value: string): RE2JS {
  const source = literal(parameter, value)
  if (source === '') throw new InvalidInput(`${parameter} must not be empty.`)
  try {
    return RE2JS.compile(source)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    throw new InvalidInput(`${parameter} ${shownValue(source)} is not a pattern of RE2: ${reasonOf(source, error)}.`)
  }
}

function reasonOf(source: string, error: RE2JSException): string {
  if (!(error instanceof RE2JSSyntaxException)) return error.message
  const at = error.input ? source.lastIndexOf(error.input) : -1
  return at < 0 ? error.error : `${error.error} at character ${at + 1}`
}
