import type { TaintMark } from '@fairlead/contract/call/call'
import type { RecordedEntry } from './transcript.ts'

/**
 * Values of a write that first appeared in tool output: images, URLs, commands, scripts and free text. Names of objects
 * are not looked at: they always come from there.
 * @param seen what the model was given, and the id of the call whose turn ends it
 */
export function findTaint(args: Readonly<Record<string, unknown>>, seen: Seen): TaintMark[] {
  const { outputs, said } = readSources(seen)
  const marks: TaintMark[] = []
  for (const { path, text } of textsOf(args, '')) {
    if (naming.test(path)) continue
    const callIds = new Set<string>()
    for (const telling of tellingParts(text)) {
      if (said.some((words) => words?.includes(telling))) continue
      const source = outputs.find((output) => output.text.includes(telling))
      if (source !== undefined) callIds.add(source.callId)
    }
    // Every source: a harmless one must not stand before that which a stranger wrote.
    for (const callId of callIds) marks.push({ path, source_call_id: callId })
  }
  return marks
}

type Seen = { entries: readonly RecordedEntry[]; first: string | undefined; before: string }
type Output = { callId: string; text: string }

/** Tool outputs before the turn in question, and what people wrote; the first to say a thing is its source. */
function readSources({ entries, first, before }: Seen): { outputs: Output[]; said: (string | undefined)[] } {
  const outputs: Output[] = []
  const said = [first]
  for (const entry of entries) {
    if (entry.kind === 'user') {
      said.push(entry.content)
      continue
    }
    if (entry.calls.some(({ call_id }) => call_id === before)) break
    for (const { call_id, message } of entry.calls)
      if (message !== null) outputs.push({ callId: call_id, text: message })
  }
  return { outputs, said }
}

/** Each text in the arguments, by its pointer; numbers, truth values and null have no entries. */
function textsOf(value: unknown, path: string): { path: string; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }]
  return Object.entries(value ?? {}).flatMap(([key, inner]) =>
    textsOf(inner, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
}

/** Parameters that only name things. */
const naming = /\/(name|namespace|resource_type|resource_name|pod_name|container_name|kind|uid|context|label_selector)$/

const url = /\bhttps?:\/\/[^\s"'<>]+/g
/** A reference with a registry, a path, a tag or a digest. */
const image =
  /\b[a-z0-9][\w.-]*(?::\d+)?(?:\/[\w.-]+)+(?::[\w.-]+|@sha256:[0-9a-f]{64})?|\b[a-z0-9][\w.-]*(?::[\w.-]*\d[\w.-]*|@sha256:[0-9a-f]{64})/g
/** In a manifest the type and the keys are no images, though they look like them. */
const typeOrKey = /apiVersion"?\s*:\s*["']?[\w./-]+|[\w.-]+\/[\w.-]+["']?\s*:(?=[\s"'{[]|$)/g
/** In a manifest: the lines that carry commands, scripts and text of some length. */
const LONG = 24

function tellingParts(text: string): string[] {
  const values = text.replaceAll(typeOrKey, ' ')
  const parts = [...text.matchAll(url), ...values.matchAll(image)].map(([part]) => part)
  for (const line of text.split('\n')) {
    const value = line.trim().replace(/^(?:- )?(?:[\w./-]+:\s+)?/, '')
    const quoted = [...value.matchAll(/"[^"]+"|'[^']+'/g)].map(([part]) => part.slice(1, -1))
    for (const words of quoted.length > 0 ? quoted : [value]) {
      if (words.length >= LONG && words.includes(' ')) parts.push(words)
    }
  }
  return parts.filter((part) => part.length >= 5)
}
