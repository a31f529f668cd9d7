import { pointerOf, tokensOf } from '../json/json-pointer.ts'
import type { ElementName } from './element-name.ts'

/** What list elements are called, by the pointer to each of them. */
export type ElementNames = Readonly<Record<string, ElementName>>

/** The tokens of a JSON Pointer, be it one that lacks its slash or has nothing behind it: other servers write such. */
export function pathTokens(pointer: string): string[] {
  if (pointer === '/') return []
  return tokensOf(pointer === '' || pointer.startsWith('/') ? pointer : `/${pointer}`)
}

/**
 * `spec.containers[name=web].image`, with the index of an element that has no name. A key that is no plain word stands
 * quoted in brackets, so that no two paths look alike.
 */
export function readablePath(pointer: string, elements: ElementNames = {}): string {
  const tokens = pathTokens(pointer)
  if (tokens.length === 0) return 'whole object'
  return tokens.reduce((path, token, index) => {
    const place = pointerOf(tokens.slice(0, index + 1))
    return Object.hasOwn(elements, place) ? elementPath(path, elements[place] ?? {}) : keyPath(path, token)
  }, '')
}

/** The path one key or index further. */
export function keyPath(path: string, token: string): string {
  if (/^\d+$/.test(token)) return `${path}[${token}]`
  if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(token)) return path === '' ? token : `${path}.${token}`
  return `${path}[${JSON.stringify(token)}]`
}

/** The path one list element further. */
export function elementPath(path: string, name: ElementName): string {
  const parts = Object.entries(name).map(([key, value]) => {
    const isPlain = /^[\p{L}\p{N}_$./:@-]+$/u.test(String(value))
    return `${key}=${isPlain ? value : JSON.stringify(value)}`
  })
  return `${path}[${parts.join(' ')}]`
}
