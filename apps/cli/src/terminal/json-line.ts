/** One line of JSON that means the same to a parser and does nothing to a terminal. */
export function jsonLine(value: unknown): string {
  const escaped = JSON.stringify(value).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeOf(character, index)).join(''),
  )
  return `${escaped}\n`
}

function escapeOf(character: string, index: number): string {
  return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`
}
