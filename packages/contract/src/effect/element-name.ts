/** What tells a list element from its neighbours: the parts of it that a person would call it by. */
export type ElementName = Readonly<Record<string, string | number>>

/** What elements of Kubernetes lists are known by, the most telling first. */
const namingKeys = ['name', 'mountPath', 'containerPort', 'port', 'host', 'path', 'ip', 'key', 'type', 'uid'] as const

/**
 * The key by whose values the elements of these lists are told apart; undefined where they are not, and have but their
 * place. Within a list no two elements have the same value there; across lists equal values mean the same element.
 */
export function namingKey(...lists: readonly (readonly unknown[])[]): string | undefined {
  if (lists.every((list) => list.length === 0)) return undefined
  return namingKeys.find((key) =>
    lists.every((list) => {
      const names = list.map((element) => nameUnder(element, key))
      return !names.includes(undefined) && new Set(names).size === names.length
    }),
  )
}

/** The element's own value at `key`, where it can be a name. */
export function nameUnder(element: unknown, key: string): string | number | undefined {
  if (typeof element !== 'object' || element === null || !Object.hasOwn(element, key)) return undefined
  const name = (element as Readonly<Record<string, unknown>>)[key]
  return typeof name === 'string' || typeof name === 'number' ? name : undefined
}
