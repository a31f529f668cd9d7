const nameOf = (key: string) => `draft:${key}`

export function readDraft(key: string): string {
  try {
    return sessionStorage.getItem(nameOf(key)) ?? ''
  } catch {
    return ''
  }
}

/** A browser that keeps nothing loses the draft with the page, and nothing else. */
export function writeDraft(key: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(nameOf(key))
    else sessionStorage.setItem(nameOf(key), text)
  } catch {}
}
