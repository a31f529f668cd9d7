/** The rules for names, in the words of the API server. Each answers what is wrong; nothing when all is well. */

const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const qualifiedText =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const labelValueText =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
const configKeyText =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"

/** The end of a name that is only a prefix may be what a whole name's may not. */
function whole(name: string, isPrefix: boolean): string {
  return isPrefix && name.endsWith('-') ? `${name.slice(0, -1)}a` : name
}

function atMost(length: number, name: string): string[] {
  return name.length > length ? [`must be no more than ${length} characters`] : []
}

export function subdomainFaults(name: string, isPrefix = false): string[] {
  const isRight = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(whole(name, isPrefix))
  return [...atMost(253, name), ...(isRight ? [] : [subdomainText])]
}

export function labelFaults(name: string, isPrefix = false): string[] {
  const isRight = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(whole(name, isPrefix))
  return [...atMost(63, name), ...(isRight ? [] : [labelText])]
}

/** Names of roles and bindings: anything that can stand in a path. */
export function pathFaults(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
}

/** Keys of labels and annotations: `prefix/name`. */
export function qualifiedNameFaults(key: string): string[] {
  const parts = key.split('/')
  if (parts.length > 2) {
    return [
      `a qualified name ${qualifiedText.slice(qualifiedText.indexOf('must'))} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`.replace(
        'must consist',
        'must consist',
      ),
    ]
  }
  const name = parts.at(-1) ?? ''
  const faults: string[] = []
  if (parts.length === 2) {
    const prefix = parts[0] ?? ''
    if (prefix === '') faults.push('prefix part must be non-empty')
    else faults.push(...subdomainFaults(prefix).map((each) => `prefix part ${each}`))
  }
  if (name === '') faults.push('name part must be non-empty')
  else if (name.length > 63) faults.push('name part must be no more than 63 characters')
  if (!/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(name)) faults.push(qualifiedText)
  return faults
}

export function labelValueFaults(value: string): string[] {
  const isRight = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value)
  return [...atMost(63, value), ...(isRight ? [] : [labelValueText])]
}

export function configKeyFaults(key: string): string[] {
  if (key.length > 253) return ['must be no more than 253 characters']
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) return [configKeyText]
  if (key === '.' || key === '..') return [`must not be '${key}'`]
  return key.startsWith('..') ? ["must not start with '..'"] : []
}

/** Names of ports of containers and services. */
export function portNameFaults(name: string): string[] {
  const faults: string[] = []
  if (name.length > 15) faults.push('must be no more than 15 characters')
  if (!/^[-a-z0-9]+$/.test(name)) faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(name)) faults.push('must contain at least one letter (a-z)')
  if (name.includes('--')) faults.push('must not contain consecutive hyphens')
  if (name.startsWith('-') || name.endsWith('-')) faults.push('must not begin or end with a hyphen')
  return faults
}
