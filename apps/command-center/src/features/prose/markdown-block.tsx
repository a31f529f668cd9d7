'use client'

import type { ComponentProps } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { VisuallyHidden } from '../../ui/visually-hidden.tsx'
import { CodeBlock } from './code-block.tsx'
import { keepAsText } from './keep-as-text.ts'
import { safeHref, shownTarget } from './link-target.ts'
import { TableBox } from './table-box.tsx'
import { type TreeNode, textIn } from './tree-node.ts'

/** One block, parsed and drawn. Raw HTML is text here: nothing of it reaches the page. */
export function MarkdownBlock({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={plugins} components={components} urlTransform={(url) => safeHref(url) ?? ''}>
      {text}
    </ReactMarkdown>
  )
}

const plugins = [remarkGfm, keepAsText]

const heading = 'mt-4 font-semibold first:mt-0'
const components: Components = {
  // The page and each message have headings of their own above these.
  h1: (props) => <h3 className={`${heading} text-lg`}>{props.children}</h3>,
  h2: (props) => <h3 className={`${heading} text-lg`}>{props.children}</h3>,
  h3: (props) => <h4 className={heading}>{props.children}</h4>,
  h4: (props) => <h5 className={heading}>{props.children}</h5>,
  h5: (props) => <h6 className={heading}>{props.children}</h6>,
  h6: (props) => <h6 className={heading}>{props.children}</h6>,
  ul: ({ children, className }) => (
    <ul className={isTaskList(className) ? listLook : `${listLook} list-disc pl-5`}>{children}</ul>
  ),
  ol: ({ children, start, className }) => (
    <ol start={start} className={isTaskList(className) ? listLook : `${listLook} list-decimal pl-6`}>
      {children}
    </ol>
  ),
  li: ({ children }) => <li className="marker:text-ink-3 [&>p+*]:mt-1.5 [&>ol]:mt-1 [&>ul]:mt-1">{children}</li>,
  blockquote: ({ children }) => (
    <blockquote className="space-y-2 border-l-2 border-line-strong pl-3 text-ink-2">{children}</blockquote>
  ),
  hr: () => <hr className="border-line" />,
  a: ({ href, node, children }) => (
    <Link href={href} text={plainChildren(node)}>
      {children}
    </Link>
  ),
  img: ({ src, alt }) => <ImageLink src={typeof src === 'string' ? src : ''} alt={alt ?? ''} />,
  input: ({ checked }) => <TaskMark isDone={checked === true} />,
  pre: ({ node }) => <Fenced node={node as HtmlNode | undefined} />,
  code: ({ children }) => (
    <code className="rounded-sm bg-sunken px-1 py-px font-mono text-[0.92em] break-words">{children}</code>
  ),
  table: ({ node, children }) => <TableBox rows={rowsOf(node as HtmlNode | undefined)}>{children}</TableBox>,
  th: ({ style, children }) => (
    <th style={style} className="sticky top-0 border-b border-line bg-sunken px-3 py-1.5 text-left font-medium">
      {children}
    </th>
  ),
  td: ({ style, children }) => (
    <td style={style} className="border-t border-line px-3 py-1.5 align-top">
      {children}
    </td>
  ),
}

const listLook = 'space-y-1'
const isTaskList = (className: string | undefined) => className?.includes('contains-task-list') === true

function Link({ href, text, children }: { href: string | undefined; text: string } & ComponentProps<'span'>) {
  if (href === undefined || href === '') return <span>{children}</span>
  const target = shownTarget(href, text)
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" className="text-accent underline underline-offset-2">
      {children}
      {target !== undefined && <span className="inline-block text-ink-3 no-underline"> ({target})</span>}
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

type HtmlNode = Omit<TreeNode, 'children'> & {
  tagName?: string
  properties?: { className?: unknown }
  children?: HtmlNode[]
}

function Fenced({ node }: { node: HtmlNode | undefined }) {
  const code = node?.children?.[0]
  const classes = Array.isArray(code?.properties?.className) ? code.properties.className.map(String) : []
  const language = classes.find((name) => name.startsWith('language-'))?.slice('language-'.length)
  return <CodeBlock code={code === undefined ? '' : textIn(code).replace(/\n$/, '')} language={language ?? ''} />
}

function rowsOf(table: HtmlNode | undefined): string[][] {
  const rows = (node: HtmlNode): HtmlNode[] =>
    (node.children ?? []).flatMap((child) => (child.tagName === 'tr' ? [child] : rows(child)))
  const cells = (row: HtmlNode) => (row.children ?? []).filter(({ tagName }) => tagName === 'th' || tagName === 'td')
  return table === undefined ? [] : rows(table).map((row) => cells(row).map((cell) => textIn(cell).trim()))
}

const plainChildren = (node: unknown) => (node === undefined ? '' : textIn(node as TreeNode))
