const allowed = new Set(['http:', 'https:', 'mailto:'])

/** The address of a link that may be followed; undefined for every other scheme and for addresses without one. */
export function safeHref(address: string): string | undefined {
  try {
    const url = new URL(address)
    return allowed.has(url.protocol) ? url.href : undefined
  } catch {
    return undefined
  }
}

/** Where a link really leads, unless its text says the same. */
export function shownTarget(href: string, text: string): string | undefined {
  const url = new URL(href)
  const target = url.protocol === 'mailto:' ? url.pathname : url.host
  const said = text.trim().toLowerCase()
  const isSaid = said === target || (url.username === '' && plain(said) === plain(href.toLowerCase()))
  return isSaid ? undefined : target
}

const plain = (address: string) => address.replace(/^(?:https?:\/\/|mailto:)/, '').replace(/\/$/, '')
