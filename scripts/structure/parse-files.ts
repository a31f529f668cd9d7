import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Comment, type EcmaScriptModule, type Program, parseSync } from 'oxc-parser'

export type SourceFile = {
  /** Below the repository's root. */
  path: string
  text: string
}

export type ParsedFile = SourceFile & {
  program: Program
  comments: Comment[]
  module: EcmaScriptModule
  /** The line of an offset, counted from 1. */
  lineAt(offset: number): number
}

/** One place that breaks a rule. */
export type Finding = { path: string; line?: number; what: string }

/** Every TypeScript file that git knows or would add. */
export function readSources(root: string): SourceFile[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx']
  const paths = execFileSync('git', list, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 }).split('\n')
  return paths
    .filter((path) => path !== '' && !path.endsWith('.d.ts') && existsSync(join(root, path)))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

export function parseFiles(files: readonly SourceFile[]): ParsedFile[] {
  return files.map(({ path, text }) => {
    const { program, comments, module, errors } = parseSync(path, text, { preserveParens: false })
    if (errors[0] !== undefined) throw new Error(`${path} does not parse: ${errors[0].message}`)
    return { path, text, program, comments, module, lineAt: lineCounter(text) }
  })
}

/** Tests and what only tests use. */
export function isTest(path: string): boolean {
  return path.startsWith('tests/') || /\.(test|fixture)\.tsx?$/.test(path)
}

function lineCounter(text: string): (offset: number) => number {
  let starts: number[] | undefined
  return (offset) => {
    starts ??= [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}
