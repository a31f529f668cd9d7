import type { Scenario } from '@fairlead/sandbox/faults/scenario'
import type { Proposal } from './ask-demo.fixture.ts'

type Answer = { text: string; proposal: Proposal | undefined }

/** What came of each fault in each wording. */
export function newTally() {
  const rows = new Map<string, { right: number; count: number }>()
  const wordings = new Map<string, { right: number; count: number }>()
  return {
    /** Why an answer is not right; undefined when it names the object and the field that proves it, and proposes or asks. */
    isRight({ fault, culprit, field, unknown }: Scenario, { text, proposal }: Answer): string | undefined {
      if (fault === 'none') {
        if (proposal !== undefined) return `proposes ${JSON.stringify(proposal)}`
        return /nothing wrong/i.test(text) ? undefined : `does not say that it found nothing: ${text}`
      }
      if (culprit !== undefined && !text.includes(`${culprit.name}\``)) return `does not name ${culprit.name}: ${text}`
      if (field !== undefined && !text.includes(field)) return `does not prove it by ${field}: ${text}`
      if (unknown !== undefined) {
        if (proposal !== undefined) return `proposes what it cannot know: ${JSON.stringify(proposal)}`
        return /I would have to know .* Tell me/s.test(text) ? undefined : `does not ask: ${text}`
      }
      return proposal === undefined ? `proposes nothing: ${text}` : undefined
    },
    /** Takes down an answer and gives back why it is wrong, with the wording; nothing when it is right. */
    count(fault: string, wording: string, wrong: string | undefined): string[] {
      for (const [table, name] of [
        [rows, fault],
        [wordings, wording],
      ] as const) {
        const { right, count } = table.get(name) ?? { right: 0, count: 0 }
        table.set(name, { right: right + (wrong === undefined ? 1 : 0), count: count + 1 })
      }
      return wrong === undefined ? [] : [`${wording}: ${wrong}`]
    },
    /** Right answers of all, by fault and by wording. */
    table(): string {
      const lines = [...rows, ...wordings].map(([name, { right, count }]) => `${name.padEnd(24)} ${right}/${count}`)
      return lines.join('\n')
    },
  }
}
