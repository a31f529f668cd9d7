/** The pin of a write that finds list elements by their place: a SHA-256, in hex, over what stands at each of them. */
export function isElementsPin(name: string, value: unknown): boolean {
  return name === 'list_elements' && typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}
