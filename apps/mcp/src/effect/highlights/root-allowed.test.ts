import { describe, expect, it } from 'vitest'
import { deploymentOf, objectOf } from './highlights-of.fixture.ts'
import { rootAllowedFacts } from './root-allowed.ts'

const pod = '/spec/template/spec'
type Context = object | undefined
const app = (securityContext?: Context, name = 'app') => ({ name, ...(securityContext && { securityContext }) })
const of = (around: Context, ...containers: object[]) => deploymentOf({ ...app(around), containers })
const factsBetween = (...sides: Parameters<typeof rootAllowedFacts>) =>
  rootAllowedFacts(...sides).map(({ group, path, of, fact }) => {
    expect([group, fact]).toEqual(['rights', 'may run as root'])
    return [path, of]
  })
const atApp = [`${pod}/containers/0`, `${pod}/containers app`]

const nonRoot = { runAsNonRoot: true }
const asUser = { runAsUser: 1000 }

describe('a container may run as root', () => {
  it.each<[string, Context, Context]>([
    ['where its look is gone', nonRoot, undefined],
    ['where its look is off', nonRoot, { runAsNonRoot: false }],
    ['where its user is gone', asUser, {}],
    ['where its user is root', { runAsUser: 1000, runAsNonRoot: false }, { runAsUser: 0, runAsNonRoot: false }],
    ['where root was refused', { runAsUser: 0, runAsNonRoot: true }, { runAsUser: 0 }],
  ])('%s, of its own or of its pod', (_, before, after) => {
    expect(factsBetween(of(undefined, app(before)), of(undefined, app(after)))).toEqual([atApp])
    expect(factsBetween(of(before, app()), of(after, app()))).toEqual([atApp])
  })

  it('where it is let off what its pod says', () => {
    expect(factsBetween(of(nonRoot, app()), of(nonRoot, app({ runAsNonRoot: false })))).toEqual([atApp])
    expect(factsBetween(of(asUser, app()), of(asUser, app({ runAsUser: 0 })))).toEqual([atApp])
  })

  it('by another name, or beside others, where none of the pod could', () => {
    expect(factsBetween(of(nonRoot, app()), of(undefined, app(undefined, 'other')))).toEqual([
      [`${pod}/containers/0`, `${pod}/containers other`],
    ])
    expect(factsBetween(of(undefined, app(nonRoot)), of(undefined, app(nonRoot), app({}, 'side')))).toEqual([
      [`${pod}/containers/1`, `${pod}/containers side`],
    ])
  })
})

describe('nothing is told', () => {
  it.each<[string, Context, Context, Context, Context]>([
    ['where nothing was said', undefined, undefined, undefined, { runAsNonRoot: false }],
    ['where it was root', undefined, { runAsUser: 0 }, undefined, {}],
    ['where a user stays', undefined, { ...nonRoot, ...asUser }, undefined, asUser],
    ['where the look stays', undefined, { ...nonRoot, ...asUser }, undefined, nonRoot],
    ['where its pod says the same', nonRoot, nonRoot, nonRoot, undefined],
    ['where it says the same as its pod did', nonRoot, undefined, undefined, asUser],
    ['where its pod said so and it did not', nonRoot, { runAsNonRoot: false }, undefined, undefined],
    ['where it comes to be so', undefined, undefined, nonRoot, undefined],
  ])('%s', (_, around, own, aroundAfter, ownAfter) => {
    expect(factsBetween(of(around, app(own)), of(aroundAfter, app(ownAfter)))).toEqual([])
  })

  it('of one more where another could already, nor of what comes or goes', () => {
    const mixed = of(undefined, app(nonRoot), app({}, 'side'))
    expect(factsBetween(mixed, of(undefined, app(nonRoot), app({}, 'side'), app({}, 'more')))).toEqual([])
    expect(factsBetween(undefined, of(undefined, app()))).toEqual([])
    expect(factsBetween(of(nonRoot, app()), undefined)).toEqual([])
  })
})

it('a custom resource that keeps it apart from containers is told where it is', () => {
  const thing = (spec: object) => objectOf('example.com/v1', 'Thing', { spec })
  expect(factsBetween(thing({ securityContext: nonRoot }), thing({ size: 1 }))).toEqual([['/spec', '/spec']])
  expect(factsBetween(thing({ securityContext: nonRoot }), thing({ securityContext: asUser }))).toEqual([])
  expect(factsBetween(thing({ securityContext: nonRoot }), objectOf('example.com/v1', 'Thing', {}))).toEqual([])
})
