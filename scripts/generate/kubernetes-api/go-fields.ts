import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { moduleFolder } from './module-folder.ts'

type GoField = { type: string; isAlways: boolean }

/** `io.k8s.api.apps.v1.DeploymentSpec.replicas` and the like: fields that are pointers, and those that are always written. */
export function goFields(names: readonly string[], version: string): { pointers: string[]; always: string[] } {
  const packages: Record<string, Record<string, Map<string, GoField>>> = {}
  const roots: Record<string, string> = {
    'io.k8s.api.': moduleFolder('k8s.io/api', version),
    'io.k8s.apimachinery.': moduleFolder('k8s.io/apimachinery', version),
    'io.k8s.apiextensions-apiserver.': moduleFolder('k8s.io/apiextensions-apiserver', version),
  }
  const all = names.flatMap((name) => {
    const prefix = Object.keys(roots).find((each) => name.startsWith(each))
    if (prefix === undefined) return []
    const path = name.slice(prefix.length).split('.')
    const type = path.pop() ?? ''
    const folder = join(roots[prefix] ?? '', ...path)
    packages[folder] ??= structsOf(folder)
    return fieldsOf(packages[folder], type).map(([field, of]) => ({ path: `${name}.${field}`, ...of }))
  })
  const paths = (wanted: typeof all) => wanted.map(({ path }) => path).toSorted()
  return {
    pointers: paths(all.filter(({ type }) => type.startsWith('*'))),
    always: paths(all.filter(({ isAlways }) => isAlways)),
  }
}

function fieldsOf(structs: Record<string, Map<string, GoField>>, type: string): [string, GoField][] {
  return [...(structs[type] ?? [])].flatMap(([field, of]) =>
    field.startsWith('inline ') ? fieldsOf(structs, of.type.replace('*', '')) : [[field, of] as [string, GoField]],
  )
}

/** Fields by their JSON name. */
function structsOf(folder: string): Record<string, Map<string, GoField>> {
  // Not every package has both.
  const files = ['types.go', 'types_jsonschema.go'].map((file) => join(folder, file)).filter((file) => existsSync(file))
  const text = files.map((file) => readFileSync(file, 'utf8')).join('')
  const structs: Record<string, Map<string, GoField>> = {}
  for (const [, type = '', body = ''] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields = new Map<string, GoField>()
    for (const [, of = '', tag = ''] of body.matchAll(/^\t(?:\w+\s+)?([*\w.[\]]+)\s+`json:"([^"]*)"/gm)) {
      const [name = '', ...options] = tag.split(',')
      const isInline = name === '' && options.includes('inline')
      fields.set(isInline ? `inline ${of}` : name, {
        type: of,
        isAlways: !isInline && !options.some((each) => /^omit/.test(each)),
      })
    }
    structs[type] = fields
  }
  return structs
}
