import { isSecretName } from '@fairlead/service-kit/redaction/secret-names'
import { isRecord } from '../../effect/is-record.ts'

/** A parameter that a job is built with. */
export type JobParameter = {
  name: string
  type: 'string' | 'boolean' | 'choice' | 'text' | 'password' | 'file'
  description: string
  default?: unknown
  choices?: readonly string[]
}

const definition = 'parameterDefinitions[name,type,description,defaultParameterValue[value],choices]'
export const parameterFields = `property[${definition}],actions[${definition}]`

/** By the JSON of a job, asked for with `parameterFields`. Each once, as Jenkins lists them. */
export function parametersIn(job: Readonly<Record<string, unknown>>): JobParameter[] {
  const holders = [job.property, job.actions].flatMap((list) => (Array.isArray(list) ? list : [])).filter(isRecord)
  const definitions = holders
    .flatMap(({ parameterDefinitions: list }) => (Array.isArray(list) ? list : []))
    .filter(isRecord)
  const byName = new Map<string, JobParameter>()
  for (const each of definitions) {
    const parameter = parameterOf(each)
    if (!byName.has(parameter.name)) byName.set(parameter.name, parameter)
  }
  return [...byName.values()]
}

function parameterOf({
  name,
  type,
  _class,
  description,
  defaultParameterValue,
  choices,
}: Readonly<Record<string, unknown>>): JobParameter {
  const kind = typeOf(String(type ?? _class ?? ''))
  const value = isRecord(defaultParameterValue) ? defaultParameterValue.value : undefined
  return {
    name: String(name ?? ''),
    type: kind,
    description: String(description ?? ''),
    ...(value !== undefined && value !== null && { default: kind === 'password' ? '***' : value }),
    ...(Array.isArray(choices) && { choices: choices.map(String) }),
  }
}

export function typeOf(text: string): JobParameter['type'] {
  for (const type of ['boolean', 'choice', 'text', 'password', 'file'] as const)
    if (new RegExp(type, 'i').test(text)) return type
  return 'string'
}

/** Whether nobody may read its value. */
export function isSecret({ type, name }: JobParameter): boolean {
  return type === 'password' || isSecretName(name)
}
