import type { Effect } from '@fairlead/contract/effect/effect'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import {
  type DangerousObject,
  dangerousObjects,
  dangerousRuns,
} from '@fairlead/testing/dangerous-objects/dangerous-object'
import { hiddenScript } from '@fairlead/testing/dangerous-objects/mounted-dangers'
import { createIn, serveOwnTypes } from '@fairlead/testing/dangerous-objects/own-types'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestMcp, type TestMcp } from '../../fixtures/mcp-server.fixture.ts'

const runs = dangerousRuns()

let cluster: ApiServer
let namespace: string
let mcp: TestMcp
beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('dangerous')
  await serveOwnTypes(cluster)
  mcp = await startTestMcp(cluster.kubeconfig, { env: { MCP_MODE: 'confirm' } })
})
afterAll(() => mcp?.close())

type Answer = {
  structuredContent?: { code?: string; output: string }
  inputRequests?: Record<string, { params: { message: string } }>
}

it(`what is asked shows the one dangerous thing, or is not asked (seed ${runs.seed})`, {
  timeout: 300_000,
}, async () => {
  const counts = { shown: 0, refused: 0 }
  for (const one of dangerousObjects(runs)) {
    const { object, beside, dangerous } = one
    for (const each of beside) await createIn(cluster, namespace, each)
    const args = { content: JSON.stringify(object), namespace }
    const preview = await mcp.preview('k8s_apply', args)
    expect(preview.error, `${preview.output} ${JSON.stringify(object)}`).toBe(false)
    requireShown(preview.effect as Effect, one)
    const { body } = await mcp.rpc('tools/call', { name: 'k8s_apply', arguments: args })
    const { inputRequests, structuredContent } = body.result as Answer
    const message = Object.values(inputRequests ?? {})[0]?.params.message
    if (dangerous.what === hiddenScript) {
      const executable = preview.effect?.masks?.filter((mask) => mask.executable).map(({ path }) => path)
      // Where a whole directory is run the password beside it counts, too.
      expect(executable).toContain(dangerous.place)
      expect(structuredContent?.code).toBe('UNMASK_FIRST')
    }
    if (message === undefined) {
      expect(structuredContent?.code, structuredContent?.output).toMatch(/^(TooLargeToConfirm|UNMASK_FIRST)$/)
      counts.refused++
    } else {
      expect(message).toContain(dangerous.text)
      expect(message.length).toBeLessThanOrEqual(12_000)
      counts.shown++
    }
  }
  expect(counts.shown + counts.refused).toBe(runs.numRuns)
  // Both ways are there; one that always refuses would hold too.
  expect(counts.shown).toBeGreaterThan(runs.numRuns / 4)
  expect(counts.refused).toBeGreaterThan(0)
})

/** As a fact, whole, and in what changes: whoever reads either of them reads it. */
function requireShown({ highlights = [], masks = [], objects }: Effect, { dangerous, object }: DangerousObject): void {
  const messages = JSON.stringify(object)
  const facts = highlights.map(({ fact }) => fact)
  expect(
    facts.some((fact) => fact.includes(dangerous.text)),
    messages,
  ).toBe(true)
  if (masks.length === 0)
    expect(
      facts.some((fact) => fact.includes(dangerous.whole)),
      messages,
    ).toBe(true)
  const written = JSON.stringify(objects.map(({ changes }) => changes))
  if (dangerous.whole !== dangerous.text)
    expect(written, messages).toContain(JSON.stringify(dangerous.text).slice(1, -1))
}
