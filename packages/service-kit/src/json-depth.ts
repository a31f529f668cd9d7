/** Deeper than anything that is sent in earnest; what walks a value by calling itself still comes back from there. */
export const MAX_JSON_DEPTH = 256

/** Whether lists and objects stand deeper in each other than `most`, found out before anything walks the value. */
export function isTooDeep(json: string, most = MAX_JSON_DEPTH): boolean {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = endOfText(json, at)
        break
      case OPEN_LIST:
      case OPEN_OBJECT:
        if (++depth > most) return true
        break
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth--
    }
  }
  return false
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]

/** Of the quote that ends it; of the end, where none does. */
function endOfText(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE) return at
  }
  return json.length
}
