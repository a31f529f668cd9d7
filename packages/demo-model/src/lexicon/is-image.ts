const reference = /^(?:[a-z0-9][\w.-]*(?::\d+)?\/)*[a-z0-9][\w.-]*(?::[\w][\w.-]*|@sha256:[0-9a-f]{64})$/i
const version = /^v?\d+(?:\.\d[\w.]*|(?:\.\d+)+[-+][\w.]+)$/i

/** Whether a word is an image with its tag or digest, or a version; no web address is. */
export function isImage(word: string): boolean {
  return version.test(word) || (reference.test(word) && !/^https?:/i.test(word))
}
