import { maskText } from '@fairlead/service-kit/redaction/mask'

const longestShown = 300
const plain = /^[A-Za-z0-9_./:=@%+,~^-]+$/

/** A command as one readable line, secrets masked; words that are not plain stand in quotes. */
export function shownCommand(argv: readonly string[]): string {
  const line = maskText(argv.map((word) => (plain.test(word) ? word : JSON.stringify(word))).join(' '), 'written')
  return line.length <= longestShown ? line : `${line.slice(0, longestShown)}…`
}
