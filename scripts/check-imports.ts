import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join, normalize, relative, resolve } from 'node:path'
import { engineLevels, outsideOfAgent, packageRules } from './import-rules.ts'

export type SourceFile = { path: string; text: string }

/** Held by lint, not by memory: who may import whom. One message for each import that may not be. */
export function findForbiddenImports(files: SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    importsOf(text).flatMap((specifier) => {
      const reason = whyForbidden(path, specifier)
      return reason === undefined ? [] : [`${path} imports ${specifier}: ${reason}`]
    }),
  )
}

function whyForbidden(path: string, specifier: string): string | undefined {
  const folder = packageFolder(path)
  const rule = folder === undefined ? undefined : packageRules[folder]
  if (folder === undefined || rule === undefined) return undefined
  if (specifier.startsWith('.')) return whyForbiddenInside(path, folder, specifier)
  if (specifier.startsWith('@fairlead/')) return whyForbiddenAcross(path, rule, specifier)
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
  const isApp = target === '@fairlead/engine' || target === '@fairlead/mcp'
  const mayCompose = ['apps/cli/src/up/', 'bench/src/processes/', 'tests/'].some((folder) => path.startsWith(folder))
  if (isApp && !mayCompose) return 'only `up` composes other apps'
  return undefined
}

function whyForbiddenInside(path: string, folder: string, specifier: string): string | undefined {
  const target = normalize(join(dirname(path), specifier))
  if (packageFolder(target) !== folder) return 'another package is imported by its name'
  if (!isTest(path) && isTest(target)) return 'production code never imports tests or fixtures'
  if (folder !== 'apps/engine' || isTest(path)) return undefined
  return whyForbiddenBetweenRooms(path, target)
}

function whyForbiddenBetweenRooms(path: string, target: string): string | undefined {
  const [from, to] = [engineRoom(path), engineRoom(target)]
  if (from === to) return undefined
  const isTable = (file: string) => file.endsWith('.table.ts')
  // Foreign keys cross rooms both ways: the schema is one graph, whoever owns its parts.
  if (isTable(path) && isTable(target)) return undefined
  const [fromLevel, toLevel] = [levelOf(from), levelOf(to)]
  if (fromLevel < 0) return `${from} has no level: give it one in scripts/import-rules.ts`
  if (toLevel < 0) return `${to} has no level: give it one in scripts/import-rules.ts`
  if (toLevel < fromLevel) return `${from} lies below ${to}: hand the function down from main`
  if (toLevel === fromLevel) return `${from} and ${to} are neighbours: hand the function down from main`
  if (isTable(target)) return `the table belongs to ${to}: call that room`
  return undefined
}

function engineRoom(path: string): string {
  const [room = '', ...below] = path.slice('apps/engine/src/'.length).split('/')
  if (below.length > 0) return room
  return room === 'config.ts' ? 'config' : 'main'
}

function levelOf(room: string): number {
  return engineLevels.findIndex((rooms) => rooms.includes(room))
}

function packageFolder(path: string): string | undefined {
  return Object.keys(packageRules).find((folder) => path.startsWith(`${folder}/`))
}

function isTest(path: string): boolean {
  return /\.(test|fixture)\.ts$/.test(path)
}

const importStatement = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]/gm
const importCall = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

function importsOf(text: string): string[] {
  return [...text.matchAll(importStatement), ...text.matchAll(importCall)].map((match) => match[1] ?? match[2] ?? '')
}

async function sourceFiles(root: string): Promise<SourceFile[]> {
  const found: SourceFile[] = []
  for (const folder of Object.keys(packageRules)) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const path = relative(root, join(entry.parentPath, entry.name))
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name) || path.includes('node_modules/')) continue
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
