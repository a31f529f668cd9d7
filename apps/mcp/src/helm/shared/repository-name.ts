import { InvalidInput } from '../../input/invalid-input.ts'
import { plainWord } from '../../input/plain-word.ts'
import { shownValue } from '../../input/shown-value.ts'

const allowed = "A name has letters, digits, '-', '_' and '.'."

export function repositoryName(parameter: string, value: string): string {
  const word = plainWord(parameter, value, allowed)
  if (word.length > 63 || !/^[A-Za-z0-9](?:[-A-Za-z0-9._]*[A-Za-z0-9])?$/.test(word))
    throw new InvalidInput(`${parameter} ${shownValue(word)} is not a name of at most 63 characters. ${allowed}`)
  return word
}
