/** Arguments of a call as they came. */
export type Args = Readonly<Record<string, unknown>>

/** By tool, what its call read; undefined where the arguments do not say what they should. */
export type Titles = Readonly<Record<string, (args: Args) => string | undefined>>

/** Where: `… of shop`, `… in all namespaces`. */
export function inPlace(what: string, args: Args): string {
  return args.all_namespaces === true ? `${what} in all namespaces` : listed([what, place(args, 'of')], ' ')
}

export function place(args: Args, word: string): string | false {
  const namespace = text(args, 'namespace')
  return namespace !== undefined && args.all_namespaces !== true && `${word} ${namespace}`
}

export function text(args: Args, name: string): string | undefined {
  const value = args[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

export function words(value: unknown): string | undefined {
  return Array.isArray(value) && value.length > 0 ? value.join(' ') : undefined
}

export function quoted(args: Args, name: string, word: string): string | false {
  const value = text(args, name)
  return value !== undefined && `${word} ${value}`
}

export function count(args: Args, name: string, noun: string): string | false {
  const value = args[name]
  return typeof value === 'number' && `${value} ${noun}${value === 1 ? '' : 's'}`
}

export function listed(parts: readonly (string | false)[], between = ', '): string {
  return parts.filter((part) => part !== false).join(between)
}
