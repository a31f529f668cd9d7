export type Suggestion = {
  label: string
  text: string
  /** What a person fills in; selected when the suggestion is taken. */
  blank: string
}

const podsOf: Suggestion = {
  label: 'List pods in a namespace',
  text: 'List the pods in namespace default',
  blank: 'default',
}

const changes: readonly Suggestion[] = [
  podsOf,
  {
    label: 'Create a deployment',
    text: 'Create a deployment web with image nginx:1.29 in namespace default',
    blank: 'web',
  },
  { label: 'Restart deployments', text: 'Restart the deployments in namespace default', blank: 'default' },
  { label: 'Delete a service', text: 'Delete the service web in namespace default', blank: 'web' },
]

const reads: readonly Suggestion[] = [
  podsOf,
  { label: 'Find pods that restart', text: 'Which pods in namespace default restart, and why?', blank: 'default' },
  { label: 'Read the last events', text: 'What happened in namespace default in the last hour?', blank: 'default' },
  { label: 'Read logs', text: 'Show the last errors in the logs of deployment web', blank: 'web' },
]

/** On a sandbox something is broken, and somebody is there to see how it is found. */
const incident: Suggestion = {
  label: 'Find out what is broken',
  text: 'Something in namespace default does not work. What is it, and what would mend it?',
  blank: 'default',
}

export type SuggestionsOptions = { mayChange: boolean; isSandbox?: boolean; namespace?: string }

/** Who may propose no changes is offered none. */
export function suggestionsFor({ mayChange, isSandbox = false, namespace }: SuggestionsOptions): Suggestion[] {
  const some = mayChange ? changes : reads
  return (isSandbox ? [incident, ...some] : some).map((it) => withNamespace(it, namespace ?? 'default'))
}

function withNamespace(suggestion: Suggestion, namespace: string): Suggestion {
  const { label, text, blank } = suggestion
  return {
    label,
    text: text.replace('namespace default', `namespace ${namespace}`),
    blank: blank === 'default' ? namespace : blank,
  }
}

/** Where the blank stands in the text: what the caret selects. */
export function blankOf({ text, blank }: Suggestion): [start: number, end: number] {
  const start = text.search(new RegExp(`(?<=\\s)${blank.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=\\s|,|\\?|$)`))
  return [start, start + blank.length]
}
