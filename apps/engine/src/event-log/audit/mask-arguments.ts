import { maskValue } from '@fairlead/service-kit/redaction/mask'
import { withoutSecretData } from './without-secret-data.ts'

/** As the tool server takes the type: by itself, or with its version and group, which is the one without a name. */
const secretType = /^secrets?(?:\.(?:v1\.)?)?$/i

/** Read as manifests or patches by the tool server, which refuses them where they are none. */
const documents: readonly string[] = ['content', 'patch', 'changes']

/**
 * The arguments of a call as the record keeps them: data of Secrets and secrets of a known shape hidden, all else as it
 * is. Names hide nothing, since what would run must stand in the record.
 */
export function maskArguments(args: unknown): unknown {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return maskValue(args, 'written')
  const isOfSecret = 'resource_type' in args && secretType.test(String(args.resource_type).trim())
  const entries = Object.entries(args).map(([name, value]) => {
    if (typeof value !== 'string') return [name, value]
    const isPatch = isOfSecret && name === 'patch'
    return [name, withoutSecretData(value, { isPatch, isDocument: documents.includes(name) })]
  })
  return maskValue(Object.fromEntries(entries), 'written')
}
