import type { Fact, Read } from './fact.ts'
import { at, type Part, recordIn, recordsIn, textsIn } from './parts.ts'
import { shortened } from './shortened.ts'

/** Who is asked what the API server admits, and about which objects. */
export function admissionWebhooks(root: Part, read: Read): Fact[] {
  return recordsIn(root, 'webhooks').flatMap((webhook) => {
    const name = `admission webhook ${read.quote(at(webhook.path, 'name'))}`
    const address = addressOf(recordIn(webhook, 'clientConfig'), read)
    return [
      {
        group: 'ways in',
        path: webhook.path,
        of: 'webhooks',
        fact: `${name} at ${address}`,
        highRiskReason: `has the API server ask ${shortened(address)} what it admits`,
      },
      ...recordsIn(webhook, 'rules').map((rule): Fact => {
        const scopeFact = `is asked about ${subjectOf(rule, read)}${conditionsOf(webhook, read)}`
        const highRiskReason = `has a webhook that ${shortened(scopeFact)}`
        return { group: 'ways in', path: rule.path, of: 'webhooks', fact: `${name} ${scopeFact}`, highRiskReason }
      }),
    ]
  })
}

/** Who is asked to make objects of another version of those that are kept. */
export function conversionWebhook(root: Part, read: Read): Fact[] {
  const conversion = recordIn(root, 'spec', 'conversion')
  if (conversion === undefined) return []
  const client = recordIn(conversion, 'webhook', 'clientConfig') ?? recordIn(conversion, 'webhookClientConfig')
  if (client === undefined) return []
  const address = addressOf(client, read)
  const highRiskReason = `has the API server ask ${shortened(address)} what its objects are`
  return [{ group: 'ways in', path: client.path, of: '', fact: `conversion webhook at ${address}`, highRiskReason }]
}

function subjectOf(rule: Part, { quote }: Read): string {
  const quoted = (key: string) => textsIn(rule, key).map(({ path }) => quote(path))
  const groups = quoted('apiGroups')
  const resources = quoted('resources').flatMap((resource) =>
    (groups.length > 0 ? groups : ['']).map((group) => (group === '' ? resource : `${resource}.${group}`)),
  )
  return `${quoted('operations').join(', ')} ${resources.join(', ')}`
}

const selectors = ['namespaceSelector', 'objectSelector'] as const

/** What keeps objects from it. Without a word of it, it is asked about all of them. */
function conditionsOf(webhook: Part, { quote }: Read): string {
  const chosen = selectors
    .filter((key) => Object.keys(recordIn(webhook, key)?.value ?? {}).length > 0)
    .map((key) => `, ${key} ${quote(at(webhook.path, key))}`)
  const matched = recordsIn(webhook, 'matchConditions').map(({ path }) => `, if ${quote(at(path, 'expression'))}`)
  return [...chosen, ...matched].join('')
}

function addressOf(client: Part | undefined, { quote }: Read): string {
  if (client === undefined) return 'no address'
  if (typeof client.value.url === 'string') return quote(at(client.path, 'url'))
  const service = recordIn(client, 'service')
  return service === undefined ? 'no address' : serviceOf(service, quote)
}

/** `Service n/s:8443/p`. */
export function serviceOf({ path, value }: Part, quote: Read['quote']): string {
  const port = typeof value.port === 'number' ? `:${value.port}` : ''
  const rest = typeof value.path === 'string' ? quote(at(path, 'path')) : ''
  return `Service ${quote(at(path, 'namespace'))}/${quote(at(path, 'name'))}${port}${rest}`
}
