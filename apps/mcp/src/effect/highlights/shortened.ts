const most = 120

/** For a sentence: what it names may be as long as it likes, and stands whole in the fact beside it. */
export function shortened(text: string): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}
