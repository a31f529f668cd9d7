import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join, normalize, relative, resolve } from 'node:path'
import { engineLevels, outsideOfAgent, packageRules, pageLevels, pageServerRooms, schemaFree } from './import-rules.ts'

export type SourceFile = { path: string; text: string }

type Import = { specifier: string; isType: boolean }

/** Held by lint, not by memory: who may import whom. One message for each import that may not be. */
export function findForbiddenImports(files: SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    importsOf(text).flatMap((imported) => {
      const reason = whyForbidden(path, imported)
      return reason === undefined ? [] : [`${path} imports ${imported.specifier}: ${reason}`]
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
  if (folder === 'apps/engine') return whyForbiddenInEngine(path, target)
  return folder === 'apps/command-center' ? whyForbiddenInPage(path, target) : undefined
}

function whyForbiddenInEngine(path: string, target: string): string | undefined {
  const [from, to] = [engineRoom(path), engineRoom(target)]
  if (from === to) return undefined
  const isTable = (file: string) => file.endsWith('.table.ts')
  // Foreign keys cross rooms both ways: the schema is one graph, whoever owns its parts.
  if (isTable(path) && isTable(target)) return undefined
  const reason = whyNotDownwards(engineLevels, from, to)
  if (reason !== undefined) return `${reason}: hand the function down from main`
  if (isTable(target)) return `the table belongs to ${to}: call that room`
  return undefined
}

/** Server and browser share one source tree; what the one is made of must not end up in the other. */
function whyForbiddenInPage(path: string, target: string): string | undefined {
  const [from, to] = [pageRoom(path), pageRoom(target)]
  if (from === to) return undefined
  const [isFromServer, isToServer] = [from, to].map((room) => pageServerRooms.includes(room))
  if (isFromServer) return isToServer || to === 'base' ? undefined : `${from} draws nothing: it imports no ${to}`
  if (isToServer) return from === 'main' || from === 'app' ? undefined : `${to} stays on the server`
  // Place for place, the framework's own files are one room with what starts it.
  if (from === 'main' || from === 'app') return undefined
  const reason = whyNotDownwards(pageLevels, from, to)
  return reason === undefined ? undefined : `${reason}: hand it in as a property`
}

function whyForbiddenInBrowser(path: string, { specifier, isType }: Import): string | undefined {
  if (isType || isTest(path) || !path.startsWith('apps/command-center/src/')) return undefined
  const room = pageRoom(path)
  if (room === 'main' || room === 'app' || pageServerRooms.includes(room) || schemaFree.test(specifier))
    return undefined
  return 'a browser loads no schemas: import its types alone'
}

function whyNotDownwards(levels: readonly (readonly string[])[], from: string, to: string): string | undefined {
  const [fromLevel, toLevel] = [from, to].map((room) => levels.findIndex((rooms) => rooms.includes(room)))
  if (fromLevel === undefined || fromLevel < 0) return `${from} has no level in scripts/import-rules.ts`
  if (toLevel === undefined || toLevel < 0) return `${to} has no level in scripts/import-rules.ts`
  if (toLevel < fromLevel) return `${from} lies below ${to}`
  return toLevel === fromLevel ? `${from} and ${to} are neighbours` : undefined
}

function engineRoom(path: string): string {
  const [room = '', ...below] = path.slice('apps/engine/src/'.length).split('/')
  if (below.length > 0) return room
  return room === 'config.ts' ? 'config' : 'main'
}

function pageRoom(path: string): string {
  const [room = '', below = '', ...deeper] = path.slice('apps/command-center/src/'.length).split('/')
  if (room === 'features') return deeper.length > 0 ? `features/${below}` : room
  if (below !== '') return room
  const name = room.replace(/\.tsx?$/, '')
  if (pageServerRooms.includes(name)) return name
  return ['main', 'proxy', 'instrumentation'].includes(name) ? 'main' : 'base'
}

function packageFolder(path: string): string | undefined {
  return Object.keys(packageRules).find((folder) => path.startsWith(`${folder}/`))
}

function isTest(path: string): boolean {
  return path.startsWith('tests/') || /\.(test|fixture)\.tsx?$/.test(path)
}

const importStatement =
  /^\s*(?:import|export)(?<type>\s+type)?\b[^'"`;]*?\bfrom\s*['"](?<from>[^'"]+)['"]|^\s*import\s*['"](?<bare>[^'"]+)['"]/gm
const importCall = /\bimport\(\s*['"](?<from>[^'"]+)['"]\s*\)/g

function importsOf(text: string): Import[] {
  return [...text.matchAll(importStatement), ...text.matchAll(importCall)].map(({ groups = {} }) => ({
    specifier: groups.from ?? groups.bare ?? '',
    isType: groups.type !== undefined,
  }))
}

async function sourceFiles(root: string): Promise<SourceFile[]> {
  const found: SourceFile[] = []
  for (const folder of Object.keys(packageRules)) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const path = relative(root, join(entry.parentPath, entry.name))
      if (!entry.isFile() || !/(?<!\.d)\.tsx?$/.test(entry.name) || /(?:^|\/)(?:node_modules|\.next)\//.test(path))
        continue
      found.push({ path, text: readFileSync(join(root, path), 'utf8') })
    }
  }
  return found
}

if (import.meta.main) {
  const files = await sourceFiles(resolve(import.meta.dirname, '..'))
  const forbidden = findForbiddenImports(files)
  for (const message of forbidden) console.error(message)
  console.error(`${files.length} files, ${forbidden.length} forbidden imports`)
  process.exitCode = forbidden.length > 0 ? 1 : 0
}
