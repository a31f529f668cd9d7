export type Action =
  | 'scale'
  | 'restart'
  | 'undo'
  | 'set-image'
  | 'delete'
  | 'create'
  | 'create-namespace'
  | 'cordon'
  | 'uncordon'
  | 'pause'
  | 'resume'
  | 'set-resource'
  | 'set-variable'

/** What a change sets: only what its action has. */
export type Value = {
  replicas?: { to: number } | { by: number } | { times: number }
  image?: string
  revision?: number
  resource?: { bound: 'limits' | 'requests'; name: 'cpu' | 'memory'; quantity: string }
  variable?: { name: string; value: string }
}

/** One thing that is to be changed, as it is named. */
export type Target = {
  /** Words in the place of a name. */
  names: readonly string[]
  /** Named before: "it". */
  isPronoun: boolean
  /** None is named, but a kind of them, or all. */
  isAll: boolean
  kind: string | undefined
  /** A container of it. */
  container: string | undefined
  value: Value
}

/** An order that was understood to its last word. */
export type Command = {
  action: Action
  targets: readonly Target[]
  /** Words in the place of a namespace, for all targets. */
  places: readonly string[]
}

/** What begins as an order, with the words that were not understood. */
export type HalfUnderstood = { verb: string; words: readonly string[] }

export function isCommand(heard: Command | HalfUnderstood | undefined): heard is Command {
  return heard !== undefined && 'action' in heard
}
