import { dirname, join, normalize } from 'node:path'
import { importsOf } from './imports-of.ts'
import type { Finding, ParsedFile } from './parse-files.ts'

/** For each file the files of this repository that it imports: statically, lazily, or for their types alone. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>

/** `packages` gives the source folder of each workspace package by its name. */
export function importGraph(files: readonly ParsedFile[], packages: Readonly<Record<string, string>>): ImportGraph {
  const paths = new Set(files.map(({ path }) => path))
  return new Map(
    files.map((file) => {
      const targets = importsOf(file).map(({ specifier }) => resolveImport(file.path, specifier, packages))
      return [
        file.path,
        [...new Set(targets.filter((target) => target !== undefined && paths.has(target)))] as string[],
      ]
    }),
  )
}

function resolveImport(from: string, specifier: string, packages: Readonly<Record<string, string>>) {
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier))
  const [scope, name, ...rest] = specifier.split('/')
  const folder = packages[`${scope}/${name}`]
  return folder === undefined ? undefined : `${folder}/${rest.join('/')}.ts`
}

/** Groups of files that import each other in a circle. */
export function findCycles(graph: ImportGraph): Finding[] {
  return components(graph)
    .filter(([first = '', ...others]) => others.length > 0 || graph.get(first)?.includes(first))
    .map((circle) => ({
      path: circle[0] ?? '',
      what: `imports itself through ${circle.slice(1).join(', ') || 'itself'}`,
    }))
}

/** How many files stand in the longest chain of imports below each file, itself included. A circle counts once. */
export function importChains(graph: ImportGraph): { longest: number; mean: number } {
  const chains = new Map<string, number>()
  // Components come with what they import before them.
  for (const circle of components(graph)) {
    const below = circle.flatMap((path) => (graph.get(path) ?? []).map((target) => chains.get(target) ?? 0))
    const length = 1 + Math.max(0, ...below)
    for (const path of circle) chains.set(path, length)
  }
  const lengths = [...chains.values()]
  return {
    longest: Math.max(0, ...lengths),
    mean: lengths.reduce((sum, each) => sum + each, 0) / (lengths.length || 1),
  }
}

/** Tarjan's strongly connected components, what is imported before what imports it. */
function components(graph: ImportGraph): string[][] {
  const index = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const onStack = new Set<string>()
  const found: string[][] = []
  const visit = (path: string): void => {
    index.set(path, index.size)
    lowest.set(path, index.get(path) ?? 0)
    stack.push(path)
    onStack.add(path)
    for (const target of graph.get(path) ?? []) {
      if (!index.has(target)) visit(target)
      else if (!onStack.has(target)) continue
      lowest.set(path, Math.min(lowest.get(path) ?? 0, lowest.get(target) ?? 0))
    }
    if (lowest.get(path) !== index.get(path)) return
    const circle = stack.splice(stack.indexOf(path))
    for (const each of circle) onStack.delete(each)
    found.push(circle)
  }
  for (const path of graph.keys()) if (!index.has(path)) visit(path)
  return found
}
