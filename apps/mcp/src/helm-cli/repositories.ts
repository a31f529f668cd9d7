import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { isRecord } from '../effect/is-record.ts'

/** The chart repositories that helm knows here, URL by name, in the order of its file. */
export async function readRepositories(home: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(home, 'config', 'repositories.yaml'), 'utf8').catch(
    (fault: NodeJS.ErrnoException) => {
      if (fault.code === 'ENOENT') return ''
      throw fault
    },
  )
  const value: unknown = parse(text)
  const entries = isRecord(value) && Array.isArray(value.repositories) ? value.repositories : []
  return new Map(entries.filter(isRecord).map(({ name, url }): [string, string] => [String(name), String(url)]))
}
