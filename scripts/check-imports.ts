import { dirname, join, normalize, resolve } from 'node:path'
import { layers, outsideOfAgent, packageRules, pageServerLayers, schemaFree } from './import-rules.ts'
import { type Import, importsOf } from './structure/imports-of.ts'
import { isTest, parseFiles, readSources, type SourceFile } from './structure/parse-files.ts'

/** Held by lint, not by memory: who may import whom. One message for each import that may not be. */
export function findForbiddenImports(files: readonly SourceFile[]): string[] {
  return parseFiles(files).flatMap((file) =>
    importsOf(file).flatMap((imported) => {
      const reason = whyForbidden(file.path, imported)
      return reason === undefined ? [] : [`${file.path} imports ${imported.specifier}: ${reason}`]
    }),
  )
}

function whyForbidden(path: string, imported: Import): string | undefined {
  const { specifier } = imported
  const folder = packageFolder(path)
  const rule = folder === undefined ? undefined : packageRules[folder]
  if (folder === undefined || rule === undefined) return undefined
  if (specifier.startsWith('.')) return whyForbiddenInside(path, folder, specifier)
  if (specifier.startsWith('@fairlead/')) {
    return whyForbiddenAcross(path, rule, specifier) ?? whyForbiddenInBrowser(path, imported)
  }
  if (folder === 'packages/agent' && !isTest(path) && outsideOfAgent.test(specifier)) {
    return 'the agent does no I/O, what it needs is handed in'
  }
  return undefined
}

function whyForbiddenAcross(path: string, rule: { name: string; mayImport: readonly string[] }, specifier: string) {
  const target = specifier.split('/').slice(0, 2).join('/')
  if (target === rule.name) return 'inside a package, imports are relative'
  if (isTest(path) && target === '@fairlead/testing') return undefined
  if (target === '@fairlead/testing' && !rule.mayImport.includes(target)) return 'production code never imports testing'
  if (!rule.mayImport.includes(target)) return `${rule.name} may import ${rule.mayImport.join(', ') || 'none of ours'}`
  const isApp = ['@fairlead/engine', '@fairlead/mcp', '@fairlead/command-center'].includes(target)
  const mayCompose = ['apps/cli/src/up/', 'apps/cli/src/mcp/', 'bench/src/processes/', 'tests/'].some((folder) =>
    path.startsWith(folder),
  )
  if (isApp && !mayCompose) return 'only `up` and `mcp` compose other apps'
  return undefined
}

function whyForbiddenInside(path: string, folder: string, specifier: string): string | undefined {
  const target = normalize(join(dirname(path), specifier))
  if (packageFolder(target) !== folder) return 'another package is imported by its name'
  if (!isTest(path) && isTest(target)) return 'production code never imports tests or fixtures'
  if (isTest(path)) return undefined
  const [from, to] = [layerOf(folder, path), layerOf(folder, target)]
  if (from === undefined || to === undefined || from === to) return undefined
  if (folder === 'apps/command-center') return whyForbiddenInPage(from, to)
  if (folder === 'apps/engine') return whyForbiddenInEngine(path, target, { from, to })
  return whyNotDownwards(folder, from, to)
}

function whyForbiddenInEngine(path: string, target: string, { from, to }: { from: string; to: string }) {
  const isTable = (file: string) => file.endsWith('.table.ts')
  // Foreign keys cross layers both ways: the schema is one graph, whichever module owns a table.
  if (isTable(path) && isTable(target)) return undefined
  const reason = whyNotDownwards('apps/engine', from, to)
  if (reason !== undefined) return reason
  return isTable(target) ? `the table belongs to ${to}: call a function of that folder` : undefined
}

/** Server and browser share one source tree; what the one is made of must not end up in the other. */
function whyForbiddenInPage(from: string, to: string): string | undefined {
  const [isFromServer, isToServer] = [from, to].map((layer) => pageServerLayers.includes(layer))
  if (isFromServer) return isToServer || to === '*' ? undefined : `${from} draws nothing: it imports no ${to}`
  const isStart = ['main', 'proxy', 'instrumentation', 'app'].includes(from)
  if (isToServer) return isStart ? undefined : `${to} stays on the server`
  // The framework prescribes where its files are: they may import each other and whatever they place.
  return isStart ? undefined : whyNotDownwards('apps/command-center', from, to)
}

function whyForbiddenInBrowser(path: string, { specifier, isType }: Import): string | undefined {
  const page = 'apps/command-center'
  if (isType || isTest(path) || schemaFree.test(specifier)) return undefined
  const layer = layerOf(page, path)
  const isOfPage =
    layer !== undefined && !['main', 'proxy', 'instrumentation', 'app', ...pageServerLayers].includes(layer)
  if (!isOfPage && !path.startsWith('packages/client/')) return undefined
  return 'a browser loads no schemas: import its types alone'
}

function whyNotDownwards(folder: string, from: string, to: string): string | undefined {
  const { levels = [], advice } = layers[folder] ?? {}
  const [fromLevel, toLevel] = [from, to].map((layer) => levels.findIndex((level) => level.includes(layer)))
  if (fromLevel === undefined || fromLevel < 0) return `${from} has no level in scripts/import-rules.ts`
  if (toLevel === undefined || toLevel < 0) return `${to} has no level in scripts/import-rules.ts`
  if (toLevel < fromLevel) return `${from} lies below ${to}: ${advice}`
  return toLevel === fromLevel ? `${from} and ${to} are neighbours: ${advice}` : undefined
}

/** The layer of a file, by the longest entry that holds it; else its folder, of which nobody has said where it is. */
function layerOf(folder: string, path: string): string | undefined {
  const source = `${folder}/src/`
  if (layers[folder] === undefined || !path.startsWith(source)) return undefined
  const file = path.slice(source.length).replace(/\.\w+$/, '')
  const entries = layers[folder].levels.flat().filter((entry) => file === entry || file.startsWith(`${entry}/`))
  const [longest] = entries.sort((one, other) => other.length - one.length)
  return longest ?? (file.includes('/') ? dirname(file) : '*')
}

function packageFolder(path: string): string | undefined {
  return Object.keys(packageRules).find((folder) => path.startsWith(`${folder}/`))
}

if (import.meta.main) {
  const files = readSources(resolve(import.meta.dirname, '..')).filter(({ path }) => packageFolder(path) !== undefined)
  const forbidden = findForbiddenImports(files)
  for (const message of forbidden) console.error(message)
  console.error(`${files.length} files, ${forbidden.length} forbidden imports`)
  process.exitCode = forbidden.length > 0 ? 1 : 0
}
