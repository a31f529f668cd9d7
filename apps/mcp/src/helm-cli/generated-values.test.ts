import { describe, expect, it } from 'vitest'
import { withoutGeneratedValues } from './generated-values.ts'

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: 'b' } })

describe('a made-up name', () => {
  it.each([
    ['letters that two ends share by chance', 'web-a1b2c3', 'web-a9z8y7', 'web-*'],
    ['no letter in common behind the separator', 'web-a1b2c3', 'web-z8y7x6', 'web-*'],
    ['a domain', 'web.a1.example', 'web.a2.example', 'web.*'],
    ['no separator', 'weba1b2', 'webz8y7', 'web*'],
  ])('is shown up to its last common separator: %s', (_what, first, second, shown) => {
    expect(withoutGeneratedValues([configMap(first)], [configMap(second)], 'shop')).toEqual([
      { object: configMap(shown), generated: ['/metadata/name'], mayRun: [] },
    ])
  })

  it('belongs to no other name with nothing in common', () => {
    expect(withoutGeneratedValues([configMap('a1')], [configMap('z9')], 'shop')).toEqual([
      { object: configMap('a1'), generated: [''], mayRun: [''] },
    ])
  })
})
