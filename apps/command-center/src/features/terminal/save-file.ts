/** Hands a text to the browser as a file. */
export function saveFile(name: string, parts: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([...parts], { type: 'text/plain;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has the file by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
