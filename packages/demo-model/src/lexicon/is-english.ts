/** Small words of other languages that English has not. */
const foreign = new Set(
  `nicht ist und bitte warum wieso wie der das ein eine einen für mit auf von läuft kannst würde soll geht keine
  est pas pourquoi une des avec dans vous peux pouvez faut quel quelle redémarre redémarrer
  el los las por qué está con puedes reinicia cuando cómo debería
  il perché non che gli puoi riavvia dovrei sono
  het een niet waarom kun moet
  não você por uma deve reinicie`.split(/\s+/),
)

/** Whether a message is in English, as far as its small words and letters tell. */
export function isEnglish(message: string): boolean {
  const words = message.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? []
  const others = words.filter((word) => foreign.has(word) || /[^\p{Script=Latin}\p{M}]/u.test(word))
  return others.length < 2 && !(others.length === 1 && words.length <= 3)
}
