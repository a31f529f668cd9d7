import { DOMParser, type Element } from '@xmldom/xmldom'
import { ToolError } from '../../tool/tool-error.ts'

/** The configuration of a job, which its JSON does not tell in full. Throws ToolError for what is no plain XML. */
export function parseConfigXml(text: string): Element {
  // Nothing of what they define is ever needed, and much can be done with them.
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw unreadable('it has a document type')
  const faults: string[] = []
  const parser = new DOMParser({ onError: (level, message) => level !== 'warning' && faults.push(message) })
  try {
    // Jenkins writes version 1.1, which the parser takes for 1.0.
    const { documentElement } = parser.parseFromString(text.replace(/^<\?xml[^>]*\?>/, ''), 'text/xml')
    if (documentElement !== null && faults.length === 0) return documentElement
  } catch (cause) {
    throw unreadable('it is not well-formed', cause)
  }
  throw unreadable('it is not well-formed')
}

function unreadable(why: string, cause?: unknown): ToolError {
  return new ToolError('Upstream', `the configuration of the job cannot be read: ${why}.`, { cause })
}

/** The text of the first element of that name below. */
export function textOf(element: Element, name: string): string | undefined {
  return element.getElementsByTagName(name)[0]?.textContent?.trim() || undefined
}

export function elementsOf(element: Element, name: string): Element[] {
  return Array.from(element.getElementsByTagName(name))
}
