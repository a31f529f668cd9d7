import { basename } from 'node:path'
import { Visitor } from 'oxc-parser'
import type { Finding, ParsedFile } from './parse-files.ts'

/** Words that mean something to whoever wrote them alone, with what is said in their place. */
export const bannedWords: ReadonlyMap<string, string> = new Map([
  ['told', 'say what it holds: logFields, settled, startEvents, payload'],
  ['untold', 'unannounced, or hasNoOutcome'],
  ['unheeded', 'stranded'],
  ['asked', 'say what it holds: request, pending, query'],
  ['look', 'plan, read or inspect'],
  ['looks', 'plans or reads'],
  ['took', 'duration'],
  ['anew', 'again'],
  ['ours', 'own'],
  ['whoever', 'anyone, or the role'],
  ['moment', 'time, or precondition'],
  ['demand', 'require'],
  ['door', 'transport'],
  ['room', 'folder, module or space'],
  ['house', 'project'],
  ['floor', 'minimum, or layer'],
  ['question', 'approval, message, confirmation or query'],
])

/** Fields of the wire, whose names others rely on. */
const wireNames = new Set(['asked_at', 'capital_question'])

/** People ask the demo model questions: there the word is the thing. */
const demoFolders = ['packages/demo-model/', 'tests/demo/']

/** Names of file and code that are banned, each once a file. */
export function findBannedNames(files: readonly ParsedFile[]): Finding[] {
  return files.flatMap((file) => [...inFileName(file), ...inCode(file)])
}

function inFileName({ path }: ParsedFile): Finding[] {
  const what = whyBanned(path, basename(path).replace(/\.(?:(?:test|fixture|main|table|setup)\.)?tsx?$/, ''))
  return what === undefined ? [] : [{ path, what: `file name: ${what}` }]
}

function inCode({ path, program, lineAt }: ParsedFile): Finding[] {
  const found = new Map<string, Finding>()
  const see = (name: string, offset: number) => {
    if (found.has(name)) return
    const what = whyBanned(path, name)
    if (what !== undefined) found.set(name, { path, line: lineAt(offset), what })
  }
  new Visitor({
    Identifier: ({ name, start }) => see(name, start),
    PrivateIdentifier: ({ name, start }) => see(name, start),
    JSXIdentifier: ({ name, start }) => see(name, start),
  }).visit(program)
  return [...found.values()]
}

function whyBanned(path: string, name: string): string | undefined {
  if (name === 'floor' || wireNames.has(name)) return undefined // `Math.floor`
  if (name.startsWith('MOST_')) return `${name}: say MAX_${name.slice('MOST_'.length)}`
  for (const word of segments(name)) {
    const instead = bannedWords.get(word)
    if (instead === undefined) continue
    if (word === 'question' && demoFolders.some((folder) => path.startsWith(folder))) continue
    return `${name}: not "${word}" but ${instead}`
  }
  return undefined
}

/** `askedOnce`, `asked_once`, `asked-once` and `ASKED_ONCE` are all `asked` and `once`. */
function segments(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
}
