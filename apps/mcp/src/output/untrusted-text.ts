/* biome-ignore-all lint/suspicious/noControlCharactersInRegex: removing control characters is this file's purpose */

/** Operating system commands run to BEL or ST; one that never ends is cut at its line, so a log cannot hide the rest. */
const stringSequence = '\\u001b[\\]PX^_][^\\u0007\\u001b\\n]*(?:\\u0007|\\u001b\\\\)?'
const controlSequence = '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]?'
const otherEscape = '\\u001b[ -/]*[0-~]?'
const anySequence = new RegExp(`${stringSequence}|${controlSequence}|${otherEscape}`, 'g')
const colour = /^\u001b\[[0-9;:]*m$/

/** Everything of Cc but tab and newline, and the marks that make text run another way than it is read. */
const unreadable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g
const unreadableButEscape = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g
const suspicious = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

/** Removes escape sequences and control characters, but tab and newline; a lone carriage return becomes a newline. */
export function stripControl(text: string): string {
  if (!suspicious.test(text)) return text
  return newlines(text).replace(anySequence, '').replace(unreadable, '')
}

/** As `stripControl`, but SGR sequences (colour) stay: for live output. */
export function stripControlButColour(text: string): string {
  if (!suspicious.test(text)) return text
  return newlines(text)
    .replace(anySequence, (sequence) => (colour.test(sequence) ? sequence : ''))
    .replace(unreadableButEscape, '')
}

function newlines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}
