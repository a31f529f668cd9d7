import { families } from '../../apps/mcp/src/families.ts'
import type { Tool } from '../../apps/mcp/src/tool/define-tool.ts'
import type { Artifact } from './artifact.ts'

/** The reference page of the tools. */
export const toolReference: Artifact = { path: 'docs/reference/tools.md', make: async () => page() }

const headings: Readonly<Record<string, string>> = { k8s: 'Kubernetes' }

const needs: Readonly<Record<NonNullable<Tool['needs']>, string>> = {
  'several-clusters': 'Only where more than one cluster is configured.',
  exec: 'Not with `MCP_EXEC=off`.',
}

type Property = { type?: string; anyOf?: { type: string }[]; default?: unknown; description?: string }

const page = () =>
  [
    '# Tools',
    '',
    'Generated from the declarations in `apps/mcp/src` by `npm run generate`.',
    '',
    'A tool that changes something takes `dry_run`: it then answers with its effect and changes nothing. Where more than',
    'one cluster is configured, every tool that is about one also takes `context`, its name; without it the default one is',
    'used. A parameter with a default may be left out or null.',
    ...families.flatMap(({ name, tools }) => [
      '',
      `## ${headings[name] ?? name}`,
      '',
      '| tool | | changes |',
      '| --- | --- | --- |',
      ...tools.map((tool) => `| [\`${tool.name}\`](#${tool.name}) | ${tool.title} | ${changeOf(tool)} |`),
      ...tools.flatMap(sectionOf),
    ]),
    '',
  ].join('\n')

function sectionOf(tool: Tool): string[] {
  const { name, title, description, inputSchema } = tool
  const properties = Object.entries(inputSchema.properties) as [string, Property][]
  const rows = properties.map(([parameter, property]) => {
    const isRequired = inputSchema.required?.includes(parameter) === true
    const byDefault = isRequired ? 'required' : `\`${JSON.stringify(property.default)}\``
    return `| \`${parameter}\` | ${typeOf(property)} | ${byDefault} | ${inCell(property.description ?? '')} |`
  })
  return [
    '',
    `### ${name}`,
    '',
    `**${title}.** ${description}`,
    '',
    [
      `Changes: ${changeOf(tool)}.`,
      ...(tool.needs === undefined ? [] : [needs[tool.needs]]),
      ...(tool.group === undefined ? [] : [`Only where \`MCP_TOOLSETS\` names \`${tool.group}\`, or \`all\`.`]),
    ].join(' '),
    ...(rows.length === 0 ? [] : ['', '| parameter | type | default | |', '| --- | --- | --- | --- |', ...rows]),
  ]
}

function changeOf({ annotations }: Tool): string {
  const { readOnlyHint, destructiveHint, idempotentHint } = annotations
  if (readOnlyHint) return 'nothing'
  const what = destructiveHint === true ? 'destroys' : destructiveHint === false ? 'writes, destroys nothing' : 'writes'
  return idempotentHint === true ? `${what}; again changes no more` : what
}

function typeOf({ type, anyOf }: Property): string {
  return type ?? anyOf?.map((each) => each.type).find((each) => each !== 'null') ?? 'any'
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
