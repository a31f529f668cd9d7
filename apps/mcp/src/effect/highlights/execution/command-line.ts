const plain = /^[A-Za-z0-9_./:=@%+,~^-]+$/

/** Words as a shell would be given them: those that are not plain stand in quotes, and all that is in them as it is. */
export function commandLine(words: readonly string[]): string {
  return words.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}
