import { z } from 'zod'
import { fieldPath } from '../../input/field-path.ts'
import { type } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { integer, text } from '../../input/reader.ts'
import { type ApiResource, apiVersionOf, typeName } from '../../kube/discovery/api-resource.ts'
import { nearNames } from '../../kube/discovery/near-names.ts'
import { publishedSchema, type TypeSchema } from '../../kube/merge/type-schema.ts'
import { redactText } from '../../output/redact.ts'
import { cutMiddle } from '../../output/truncate.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { type Field, fieldOf, fieldsIn } from './explain/fields.ts'

const longestDescription = 2000
const longestOfField = 200

export const k8sExplain = defineTool({
  name: 'k8s_explain',
  title: 'Explain Kubernetes Resource Fields',
  description: 'Show type, description and fields of a resource type, or of one of its fields.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({
    resource_type: type,
    field: optional('field', text(fieldPath), null, { description: 'as in spec.template.spec.containers[]' }),
    depth: optional('depth', integer(1, 3), 1),
  }),
  async run({ resource_type, field, depth }, { kube, settings }): Promise<ToolResult> {
    const resource = await kube.resolve(resource_type)
    const schema = await publishedSchema(kube, resource)
    const found = fieldAt(schema, field ?? [], resource)
    const fields = linesOf(schema, found, depth)
    const lines = [
      `KIND:     ${resource.kind}`,
      `VERSION:  ${apiVersionOf(resource)}`,
      ...(field === null ? [] : [`FIELD:    ${field.join('.')} <${found.type}>${marks(found)}`]),
      '',
      shortened(found.description, longestDescription) || 'It has no description.',
      ...(fields.length === 0 ? [] : ['', 'FIELDS:', ...fields]),
    ]
    const cut = cutMiddle(lines.join('\n'), { most: settings.maxOutputChars, narrow: 'field or a smaller depth' })
    return { output: cut.output, truncated: cut.truncated }
  },
})

function fieldAt(schema: TypeSchema, path: readonly string[], resource: ApiResource): Field {
  return path.reduce<Field>(
    (parent, name, index) => {
      const fields = fieldsIn(schema, parent)
      const found = fields.find((each) => each.name === name) ?? fields.find((each) => each.name === '*')
      if (found !== undefined) return found
      const near = nearNames(
        name,
        fields.map((each) => each.name),
      )
      const whole = path.slice(0, index + 1).join('.')
      const missing = `${typeName(resource)} (${apiVersionOf(resource)}) has no field "${whole}".`
      throw new ToolError('NotFound', near.length > 0 ? `${missing} Near names: ${near.join(', ')}.` : missing)
    },
    fieldOf('', schema.root, schema, false),
  )
}

/** One line a field, those below it two spaces further in. */
function linesOf(schema: TypeSchema, parent: Field, depth: number): string[] {
  if (depth === 0) return []
  return fieldsIn(schema, parent).flatMap((field) => {
    const description = shortened(field.description, longestOfField)
    return [
      `  ${field.name} <${field.type}>${marks(field)}${description === '' ? '' : `: ${description}`}`,
      ...linesOf(schema, field, depth - 1).map((line) => `  ${line}`),
    ]
  })
}

function marks({ isRequired, values, byDefault }: Field): string {
  const all = [
    isRequired && 'required',
    values.length > 0 && `one of ${values.join(', ')}`,
    byDefault !== undefined && `default ${JSON.stringify(byDefault)}`,
  ].filter(Boolean)
  return all.length === 0 ? '' : ` (${all.join('; ')})`
}

/** Up to the last sentence that ends within the room, else cut where it is over. */
function shortened(description: string, most: number): string {
  const text = redactText(description).replace(/\s+/g, ' ').trim()
  if (text.length <= most) return text
  const end = text.slice(0, most).lastIndexOf('. ')
  return end > 0 ? text.slice(0, end + 1) : `${text.slice(0, most)}…`
}
