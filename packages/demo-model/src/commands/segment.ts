/** A number with the word before it that says what it is. */
export type Amount = { count: number; by: Lead }
/** An image or a quantity, with the same. */
export type Worded = { text: string; by: Lead }
export type Lead = 'to' | 'by' | 'from' | 'of' | 'more' | 'fewer' | 'plain'

/** What is said of one target, up to the comma or the "and" before the next one. */
export type Segment = {
  names: string[]
  kinds: string[]
  container: string | undefined
  amounts: Amount[]
  images: Worded[]
  quantities: Worded[]
  variable: string | undefined
  value: string | undefined
  isPronoun: boolean
  /** A kind was named as several: `deployments`. */
  isPlural: boolean
}

export type WordsBehind = {
  segments: Segment[]
  places: string[]
  /** Words that some changes have, and others do not: `replicas`, `down`, `revision`. */
  special: Set<string>
  /** What has no place in any order. */
  unknown: string[]
}

export function newSegment(): Segment {
  return {
    names: [],
    kinds: [],
    container: undefined,
    amounts: [],
    images: [],
    quantities: [],
    variable: undefined,
    value: undefined,
    isPronoun: false,
    isPlural: false,
  }
}
