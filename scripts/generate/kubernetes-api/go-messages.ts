import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { moduleFolder } from './module-folder.ts'

/** Protobuf messages by the name of their schema: fields as `[number, name, type]`, the type `[]T` when repeated. */
export function goMessages(names: readonly string[], version: string): Record<string, [number, string, string][]> {
  const api = moduleFolder('k8s.io/api', version)
  const files = [
    ...globSync('**/generated.proto', { cwd: api }).map((path) => join(api, path)),
    ...['pkg/apis/meta/v1', 'pkg/runtime', 'pkg/api/resource', 'pkg/util/intstr'].map((path) =>
      join(moduleFolder('k8s.io/apimachinery', version), path, 'generated.proto'),
    ),
    join(moduleFolder('k8s.io/apiextensions-apiserver', version), 'pkg/apis/apiextensions/v1/generated.proto'),
  ]
  const all: Record<string, [number, string, string][]> = {}
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
    const own = schemaName(/^package (.+);$/m.exec(text)?.[1] ?? '')
    const full = (type: string): string => {
      if (/^(string|bool|bytes|double|int32|int64)$/.test(type)) return type
      const map = /^map<string, (.+)>$/.exec(type)
      if (map) return `map<${full(map[1] ?? '')}>`
      return type.includes('.') ? schemaName(type.replace(/^\./, '')) : `${own}.${type}`
    }
    for (const [, name = '', body = ''] of text.matchAll(/^message (\w+) \{\n([\s\S]*?)^\}/gm)) {
      const fields = body.matchAll(
        /^ {2}(?:(optional|repeated|required) )?(map<string, [\w.]+>|[\w.]+) (\w+) = (\d+);$/gm,
      )
      all[`${own}.${name}`] = [...fields].map(([, label, type = '', field = '', number]) => [
        Number(number),
        field,
        label === 'repeated' ? `[]${full(type)}` : full(type),
      ])
    }
  }
  const kept: Record<string, [number, string, string][]> = {}
  const keep = (name: string): void => {
    const fields = all[name]
    if (fields === undefined || kept[name] !== undefined) return
    kept[name] = fields
    for (const [, , type] of fields) keep(type.replace(/^\[\]|^map<|>$/g, ''))
  }
  for (const name of [...names, 'io.k8s.apimachinery.pkg.runtime.Unknown']) keep(name)
  return Object.fromEntries(Object.entries(kept).toSorted(([left], [right]) => (left < right ? -1 : 1)))
}

/** `k8s.io.api.core.v1` as the schemas write it. */
function schemaName(name: string): string {
  return name.replace(/^k8s\.io\./, 'io.k8s.')
}
