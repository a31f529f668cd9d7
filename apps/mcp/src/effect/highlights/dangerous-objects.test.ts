import { valueAt } from '@fairlead/contract/json-pointer'
import {
  type DangerousObject,
  dangerousObject,
  dangerousRuns,
} from '@fairlead/testing/dangerous-objects/dangerous-object'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { KubeObject } from '../../kube/kube-object.ts'
import { effectObject } from '../effect-object.ts'
import { redactionKey, seenIn, writeOf } from './highlights-of.fixture.ts'

/** 500 of them take a minute where the machine has other things to do. */
const limit = { timeout: 180_000 }

const graveThings = new Set(['privilege', 'capability', 'host', 'host path', 'token', 'RBAC subject', 'webhook'])

/** All that is shown of an effect: what stands out, and what changes. */
function requireSeen({ object, before, dangerous }: DangerousObject, isUpdate: boolean): void {
  const write = writeOf(isUpdate ? (before as KubeObject) : undefined, object as KubeObject)
  const { facts, risk } = seenIn(write)
  expect(facts.some((fact) => fact.includes(dangerous.text))).toBe(true)
  expect(facts.some((fact) => fact.includes(dangerous.whole))).toBe(true)
  const { changes } = effectObject(write, redactionKey)
  const shown = changes.map(({ path, after }) => {
    if (dangerous.place.startsWith(path)) return valueAt(after, dangerous.place.slice(path.length))
    return path.startsWith(dangerous.place) ? after : undefined
  })
  const wanted = valueAt(object, dangerous.place)
  const isThere = typeof wanted === 'object' ? shown.some((each) => each !== undefined) : shown.includes(wanted)
  expect(isThere).toBe(true)
  if (graveThings.has(dangerous.what)) expect(risk).toBe('high')
}

it('a creation shows the one dangerous thing in it, in the highlights and in the changes', limit, () => {
  fc.assert(
    fc.property(dangerousObject, (one) => requireSeen(one, false)),
    dangerousRuns(),
  )
})

it('an update shows the one dangerous thing that it brings', limit, () => {
  fc.assert(
    fc.property(dangerousObject, (one) => requireSeen(one, true)),
    dangerousRuns(),
  )
})

it('an update that takes the dangerous thing away, or leaves it, is none', limit, () => {
  fc.assert(
    fc.property(dangerousObject, ({ object, before, dangerous }) => {
      const { facts: same, risk } = seenIn(writeOf(object as KubeObject, object as KubeObject))
      expect({ same, risk }).toEqual({ same: [], risk: 'low' })
      const { facts } = seenIn(writeOf(object as KubeObject, before as KubeObject))
      expect(facts.filter((fact) => fact.includes(dangerous.text))).toEqual([])
    }),
    dangerousRuns(),
  )
})
