'use client'

import { type ComponentProps, createElement, Fragment, type ReactNode, useMemo } from 'react'
import { VisuallyHidden } from '../../ui/visually-hidden.tsx'
import { CodeBlock } from '../code/code-block.tsx'
import { safeHref, shownTarget } from './link-target.ts'
import { parseMarkdown } from './parse-markdown.ts'
import { TableBox } from './table-box.tsx'
import { type TreeNode, textIn } from './tree-node.ts'

/** One block, parsed and drawn. Raw HTML is text here: nothing of it reaches the page. */
export function MarkdownBlock({ text }: { text: string }) {
  return useMemo(() => {
    const tree = parseMarkdown(text)
    return drawAll(tree, { definitions: definitionsIn(tree), isTight: false })
  }, [text])
}

type Surroundings = {
  /** Addresses of links and images by their normal name. */
  definitions: ReadonlyMap<string, string>
  /** Paragraphs of this list stand without a box of their own. */
  isTight: boolean
}

function definitionsIn(tree: TreeNode, found = new Map<string, string>()): Map<string, string> {
  for (const node of tree.children ?? []) {
    if (node.type === 'definition' && !found.has(nameOf(node))) found.set(nameOf(node), node.url ?? '')
    definitionsIn(node, found)
  }
  return found
}

const nameOf = ({ identifier = '' }: TreeNode) => identifier.toUpperCase()

/** A node's children are its own for good, so their place is name enough. */
function drawAll({ children = [] }: TreeNode, around: Surroundings): ReactNode {
  return createElement(Fragment, undefined, ...children.map((child) => draw(child, around)))
}

const heading = 'mt-4 font-semibold first:mt-0'

function draw(node: TreeNode, around: Surroundings): ReactNode {
  const inside = () => drawAll(node, around)
  switch (node.type) {
    case 'text':
      return (node.value ?? '').replace(/[ \t]*(\r?\n|\r)[ \t]*/g, '$1')
    case 'paragraph':
      return around.isTight ? inside() : <p>{inside()}</p>
    case 'heading':
      return <Heading depth={node.depth ?? 1}>{inside()}</Heading>
    case 'emphasis':
      return <em>{inside()}</em>
    case 'strong':
      return <strong>{inside()}</strong>
    case 'delete':
      return <del>{inside()}</del>
    case 'break':
      return <br />
    case 'inlineCode':
      return (
        <code className="rounded-sm bg-sunken px-1 py-px font-mono text-[0.92em] break-words">
          {(node.value ?? '').replace(/\r?\n|\r/g, ' ')}
        </code>
      )
    case 'code':
      return <CodeBlock code={node.value ?? ''} language={node.lang ?? ''} />
    case 'link':
    case 'linkReference':
      return (
        <Link href={addressOf(node, around)} text={textIn(node)}>
          {inside()}
        </Link>
      )
    case 'image':
    case 'imageReference':
      return <ImageLink src={addressOf(node, around)} alt={node.alt ?? ''} />
    case 'list':
      return drawList(node, around)
    case 'blockquote':
      return (
        <blockquote className="space-y-2 border-l-2 border-line-strong pl-3 text-ink-2">
          {drawAll(node, { ...around, isTight: false })}
        </blockquote>
      )
    case 'thematicBreak':
      return <hr className="border-line" />
    case 'table':
      return drawTable(node, around)
    case 'definition':
      return null
    default:
      return node.value ?? inside()
  }
}

function addressOf(node: TreeNode, { definitions }: Surroundings): string {
  return safeHref(node.url ?? definitions.get(nameOf(node)) ?? '') ?? ''
}

/** The page and each message have headings of their own above these. */
function Heading({ depth, children }: { depth: number; children: ReactNode }) {
  if (depth <= 2) return <h3 className={`${heading} text-lg`}>{children}</h3>
  if (depth === 3) return <h4 className={heading}>{children}</h4>
  if (depth === 4) return <h5 className={heading}>{children}</h5>
  return <h6 className={heading}>{children}</h6>
}

function drawList(list: TreeNode, around: Surroundings): ReactNode {
  const items = list.children ?? []
  const isTight = !list.spread && !items.some(isLoose)
  const isTasks = items.some(({ checked }) => typeof checked === 'boolean')
  const drawn = createElement(
    Fragment,
    undefined,
    ...items.map((item) => (
      // biome-ignore lint/correctness/useJsxKeyInIterable: handed on one by one
      <li className="marker:text-ink-3 [&>p+*]:mt-1.5 [&>ol]:mt-1 [&>ul]:mt-1">
        {drawItem(item, { ...around, isTight })}
      </li>
    )),
  )
  if (!list.ordered) return <ul className={isTasks ? 'space-y-1' : 'space-y-1 list-disc pl-5'}>{drawn}</ul>
  const start = typeof list.start === 'number' && list.start !== 1 ? list.start : undefined
  return (
    <ol start={start} className={isTasks ? 'space-y-1' : 'space-y-1 list-decimal pl-6'}>
      {drawn}
    </ol>
  )
}

function isLoose({ spread, children = [] }: TreeNode): boolean {
  return spread ?? children.length > 1
}

/** A task's mark stands in its first line. */
function drawItem(item: TreeNode, around: Surroundings): ReactNode {
  if (typeof item.checked !== 'boolean') return drawAll(item, around)
  const mark = <TaskMark isDone={item.checked} />
  const [first, ...rest] = item.children ?? []
  if (first?.type !== 'paragraph') return createElement(Fragment, undefined, mark, drawAll(item, around))
  const line = createElement(Fragment, undefined, mark, drawAll(first, around))
  return createElement(
    Fragment,
    undefined,
    around.isTight ? line : <p>{line}</p>,
    drawAll({ type: 'rest', children: rest }, around),
  )
}

function drawTable(table: TreeNode, around: Surroundings): ReactNode {
  const [head, ...body] = table.children ?? []
  const columns = table.align?.length ?? head?.children?.length ?? 0
  const rows = (table.children ?? []).map((row) => (row.children ?? []).map((cell) => textIn(cell).trim()))
  const drawRow = (row: TreeNode, isHead: boolean) => {
    const cells = Array.from({ length: columns }, (_, column) => {
      const cell = row.children?.[column]
      const align = table.align?.[column] ?? undefined
      const style = align && { textAlign: align }
      const content = cell && drawAll(cell, around)
      return isHead ? (
        // biome-ignore lint/correctness/useJsxKeyInIterable: handed on one by one
        <th style={style} className="sticky top-0 border-b border-line bg-sunken px-3 py-1.5 text-left font-medium">
          {content}
        </th>
      ) : (
        // biome-ignore lint/correctness/useJsxKeyInIterable: handed on one by one
        <td style={style} className="border-t border-line px-3 py-1.5 align-top">
          {content}
        </td>
      )
    })
    return createElement('tr', undefined, ...cells)
  }
  return (
    <TableBox rows={rows}>
      {head && <thead>{drawRow(head, true)}</thead>}
      {body.length > 0 && createElement('tbody', undefined, ...body.map((row) => drawRow(row, false)))}
    </TableBox>
  )
}

function Link({ href, text, children }: { href: string | undefined; text: string } & ComponentProps<'span'>) {
  if (href === undefined || href === '') return <span>{children}</span>
  const target = shownTarget(href, text)
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" className="text-accent underline underline-offset-2">
      {children}
      {target !== undefined && <span className="ml-1 inline-block text-ink-3 no-underline"> ({target})</span>}
      <VisuallyHidden> (opens in a new tab)</VisuallyHidden>
    </a>
  )
}

function ImageLink({ src, alt }: { src: string; alt: string }) {
  const label = alt === '' ? 'Image' : `Image: ${alt}`
  return (
    <Link href={src} text="">
      {label}
    </Link>
  )
}

function TaskMark({ isDone }: { isDone: boolean }) {
  return (
    <span className="mr-1.5 font-mono text-ink-2">
      <span aria-hidden="true">{isDone ? '☑' : '☐'}</span>
      <VisuallyHidden>{isDone ? 'Done: ' : 'Open: '}</VisuallyHidden>
    </span>
  )
}
