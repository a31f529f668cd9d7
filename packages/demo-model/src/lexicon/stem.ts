const endings: readonly [ending: RegExp, by: string][] = [
  [/'s$/, ''],
  [/ies$/, 'y'],
  [/(?<=[sxz]|ch|sh)es$/, ''],
  [/(?<=[^su])s$/, ''],
  [/(?<=[a-z]{3})(?:ingly|edly)$/, ''],
  [/(?<=[a-z]{3})ing$/, ''],
  [/(?<=[a-z]{3})ed$/, ''],
  [/(?<=[a-z]{4})ly$/, ''],
]

/** A word without the endings of grammar: enough to tell that `crashing`, `crashes` and `crashed` are one. */
export function stem(word: string): string {
  let stemmed = word
  for (const [ending, by] of endings) stemmed = stemmed.replace(ending, by)
  // The doubled letter of `stopp(ed)`, the mute e of `scal(e)`.
  return stemmed.replace(/([bdgklmnprt])\1$/, '$1').replace(/(?<=[a-z]{3})e$/, '')
}
