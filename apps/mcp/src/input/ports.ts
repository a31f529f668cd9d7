import { InvalidInput } from './invalid-input.ts'
import { plainWord } from './plain-word.ts'
import { shownValue } from './shown-value.ts'

export type PortPair = {
  /** On this machine; 0 = any that is free. */
  local: number
  remote: number
}

const most = 5
const allowed = 'Ports are LOCAL:REMOTE or REMOTE, from 1 to 65535 (LOCAL 0 = any), at most 5, separated by commas.'

/** Pairs of a local and a remote port. A single number is both. */
export function portPairs(parameter: string, value: string): PortPair[] {
  const word = plainWord(parameter, value, allowed)
  const pairs = word.split(',').map((part) => {
    const [, first = '', second = first] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(part) ?? []
    const [local, remote] = [Number(first), Number(second)]
    const isGood = first !== '' && local <= 65_535 && remote >= 1 && remote <= 65_535
    if (!isGood) throw new InvalidInput(`${parameter} ${shownValue(word)} is not a list of ports. ${allowed}`)
    return { local, remote }
  })
  if (pairs.length > most) throw new InvalidInput(`${parameter} has ${pairs.length} ports. ${allowed}`)
  const locals = pairs.map(({ local }) => local).filter((local) => local !== 0)
  if (new Set(locals).size < locals.length)
    throw new InvalidInput(`${parameter} ${shownValue(word)} opens one local port twice. ${allowed}`)
  return pairs
}
