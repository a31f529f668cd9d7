export type Shortcut = 'search' | 'new-chat' | 'toggle-sidebar' | 'show-shortcuts' | 'go-to-approvals'

export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

/** How long a `g` waits for what it goes to. */
const prefixMs = 1200

/**
 * Reads presses one after the other, as one shortcut is two letters. Single letters count only outside of fields, and
 * where they were not turned off.
 */
export function createShortcutReader(now: () => number = Date.now) {
  let prefixAt = Number.NEGATIVE_INFINITY
  return (press: KeyPress, { takesLetters }: { takesLetters: boolean }): Shortcut | undefined => {
    const isAfterPrefix = now() - prefixAt < prefixMs
    if (press.key !== 'Shift') prefixAt = Number.NEGATIVE_INFINITY
    if (press.altKey) return undefined
    if (press.ctrlKey || press.metaKey) return withControl(press)
    if (!takesLetters) return undefined
    if (press.key === '?') return 'show-shortcuts'
    if (press.shiftKey) return undefined
    if (isAfterPrefix && press.key === 'a') return 'go-to-approvals'
    if (press.key === 'g') prefixAt = now()
    return undefined
  }
}

function withControl({ key, shiftKey }: KeyPress): Shortcut | undefined {
  const letter = key.toLowerCase()
  if (shiftKey) return letter === 'o' ? 'new-chat' : undefined
  if (letter === 'k') return 'search'
  return letter === 'b' ? 'toggle-sidebar' : undefined
}
