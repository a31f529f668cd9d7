import { valueAt } from '@fairlead/contract/json/json-pointer'
import {
  type DangerousObject,
  dangerousObject,
  dangerousRuns,
} from '@fairlead/testing/dangerous-objects/dangerous-object'
import { hiddenScript } from '@fairlead/testing/dangerous-objects/mounted-dangers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { effectObject, type ObjectWrite } from '../effect-object.ts'
import type { KubeObject } from '../kube-object.ts'
import { combinedRisk } from '../risk.ts'
import { redactionKey, writeOf } from './highlights-of.fixture.ts'
import { highlightsOf } from './highlights-of.ts'

/** 500 of them take a minute where the machine has other things to do. */
const limit = { timeout: 180_000 }

const highRiskThings = new Set(['privilege', 'capability', 'host', 'host path', 'token', 'RBAC subject', 'webhook'])

function seen(write: ObjectWrite, users: DangerousObject['beside']): { facts: string[]; risk: string } {
  const around = { redactionKey, namespace: undefined, users: users as readonly KubeObject[] }
  const { highlights, signals } = highlightsOf([write], around)
  return { facts: highlights.map(({ fact }) => fact), risk: combinedRisk(signals).risk }
}

/** All that is shown of an effect: what stands out, and what changes. */
function requireSeen({ object, before, beside, dangerous }: DangerousObject, isUpdate: boolean): void {
  const write = writeOf(isUpdate ? (before as KubeObject) : undefined, object as KubeObject)
  const { facts, risk } = seen(write, beside)
  expect(facts.some((fact) => fact.includes(dangerous.text))).toBe(true)
  expect(facts.some((fact) => fact.includes(dangerous.whole))).toBe(true)
  const { changes } = effectObject(write, redactionKey)
  const shown = changes.map(({ path, after }) => {
    if (dangerous.place.startsWith(path)) return valueAt(after, dangerous.place.slice(path.length))
    return path.startsWith(dangerous.place) ? after : undefined
  })
  const wanted = valueAt(object, dangerous.place)
  const isThere =
    dangerous.what === hiddenScript || typeof wanted === 'object'
      ? shown.some((each) => each !== undefined)
      : shown.includes(wanted)
  expect(isThere).toBe(true)
  if (highRiskThings.has(dangerous.what)) expect(risk).toBe('high')
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
    fc.property(dangerousObject, ({ object, before, beside, dangerous }) => {
      const { facts: same, risk } = seen(writeOf(object as KubeObject, object as KubeObject), beside)
      expect({ same, risk }).toEqual({ same: [], risk: 'low' })
      const { facts } = seen(writeOf(object as KubeObject, before as KubeObject), beside)
      expect(facts.filter((fact) => fact.includes(dangerous.text))).toEqual([])
    }),
    dangerousRuns(),
  )
})
