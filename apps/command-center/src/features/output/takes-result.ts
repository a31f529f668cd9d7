import type { ResultBlock } from '@fairlead/contract/call/call'

/** Text of a result, as it is shown: the items one below the other. */
export function textOfResult(result: readonly ResultBlock[] | undefined): string {
  return (result ?? []).flatMap(({ text }) => (text === undefined || text === '' ? [] : [text])).join('\n')
}

/** Whether a result is shown as terminal output: text of two or more lines that is neither JSON nor YAML. */
export function takesResult(result: readonly ResultBlock[] | undefined): boolean {
  const text = textOfResult(result)
  const isCut = result?.some(({ blob }) => blob !== undefined) === true
  return text.trimEnd().includes('\n') && !isJson(text, isCut) && !isYamlLike(text)
}

function isJson(text: string, isCut: boolean): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  if (isCut) return /^\s*(?:\{\s*"|\[\s*[[{"])/.test(text)
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A mapping at the top, and nothing that a mapping would not hold. Logs have colons too, but not in front. */
function isYamlLike(text: string): boolean {
  const lines = text.split('\n', 60).filter((line) => line.trim() !== '' && !/^\s*#/.test(line))
  const isTop = /^(?:---|(?:- )?[A-Za-z_][\w./-]*:(?: \S.*| *[|>][-+]?)?)\s*$/
  if (!isTop.test(lines[0] ?? '')) return false
  return lines.every((line) => isTop.test(line) || /^(?: {2,}|- |\t)/.test(line) || line === '...')
}
