import { InvalidInput } from '../../../input/invalid-input.ts'
import { trimmed } from '../../../input/plain-word.ts'
import { shownValue } from '../../../input/shown-value.ts'

const known = ['Normal', 'Warning'] as const

export type EventType = (typeof known)[number]

/** One of the types of events, or several with commas between them. */
export function eventTypes(parameter: string, value: string): EventType[] {
  const types = value.split(',').map((word) => {
    const found = known.find((each) => each.toLowerCase() === trimmed(word).toLowerCase())
    if (found === undefined)
      throw new InvalidInput(`${parameter} ${shownValue(value)} is not one of ${known.join(', ')}.`)
    return found
  })
  return [...new Set(types)]
}
