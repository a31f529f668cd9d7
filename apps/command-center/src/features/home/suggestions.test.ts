import { describe, expect, it } from 'vitest'
import { blankOf, suggestionsFor } from './suggestions.ts'

describe('suggestionsFor', () => {
  it.each([undefined, 'shop', 'a', 'in', 'web'])('marks what is to be filled in, in namespace %s', (namespace) => {
    for (const [mayChange, isSandbox] of [[true], [false], [true, true]] as const)
      for (const suggestion of suggestionsFor({ mayChange, isSandbox, namespace })) {
        const [start, end] = blankOf(suggestion)
        expect(start).toBeGreaterThan(0)
        expect(suggestion.text.slice(start, end)).toBe(suggestion.blank)
      }
  })

  it('names the namespace that the tools begin in', () => {
    const [pods] = suggestionsFor({ mayChange: true, namespace: 'shop' })
    expect(pods).toMatchObject({ text: 'List the pods in namespace shop', blank: 'shop' })
  })

  it('begins with the incident on a sandbox alone', () => {
    const [first, ...others] = suggestionsFor({ mayChange: true, isSandbox: true, namespace: 'shop' })
    expect(first?.text).toMatch(/^Something in namespace shop does not work/)
    expect(others).toEqual(suggestionsFor({ mayChange: true, namespace: 'shop' }))
  })

  it('offers no change to who may propose none', () => {
    const texts = suggestionsFor({ mayChange: false }).map((it) => it.text)
    expect(texts).toHaveLength(4)
    for (const text of texts) expect(text).not.toMatch(/create|restart the|delete|scale/i)
  })
})
