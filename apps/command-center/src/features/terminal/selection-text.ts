import type { TerminalSession } from './terminal-session.ts'

type Point = { name: number; offset: number }

/**
 * The selected text as it came: marks are the characters that they name, wrapped rows are one line, and lines that
 * were scrolled away between both ends are in it. Undefined when the selection does not begin and end in lines.
 */
export function selectionText(session: TerminalSession, selection: Selection | null): string | undefined {
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return undefined
  const range = selection.getRangeAt(0)
  const from = pointOf(range.startContainer, range.startOffset)
  const to = pointOf(range.endContainer, range.endOffset)
  if (from === undefined || to === undefined) return undefined
  const { layout } = session
  const lines: string[] = []
  for (let place = layout.placeOf(from.name); place < layout.places && layout.nameAt(place) <= to.name; place++) {
    const name = layout.nameAt(place)
    const line = layout.lineAt(place)
    if (line === undefined || line.stream === 'note') continue
    lines.push(line.text.slice(name === from.name ? from.offset : 0, name === to.name ? to.offset : undefined))
  }
  return lines.join('\n')
}

/** The lines that a selection begins and ends in. */
export function selectedLines(selection: Selection | null, inside: Element): number[] {
  if (selection === null || selection.isCollapsed) return []
  const names = [selection.anchorNode, selection.focusNode].map((node) =>
    node !== null && inside.contains(node) ? rowOf(node)?.dataset.line : undefined,
  )
  return names.flatMap((name) => (name === undefined ? [] : [Number(name)]))
}

function rowOf(node: Node): HTMLElement | undefined {
  const element = node instanceof Element ? node : node.parentElement
  return element?.closest<HTMLElement>('[data-from]') ?? undefined
}

function pointOf(node: Node, offset: number): Point | undefined {
  const row = rowOf(node)
  if (row === undefined) return undefined
  const before = document.createRange()
  before.setStart(row, 0)
  before.setEnd(node, offset)
  return { name: Number(row.dataset.line), offset: Number(row.dataset.from) + lengthOf(before.cloneContents()) }
}

/** Of the text that the pieces stand for. */
function lengthOf(fragment: DocumentFragment): number {
  let length = 0
  for (const part of fragment.childNodes) {
    const own = part instanceof Element ? part.getAttribute('data-length') : null
    const shown = part.textContent?.length ?? 0
    length += own === null || shown === 0 ? shown : Number(own)
  }
  return length
}
