import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { makePausedRollout, makeRollout, patchStatus, setImage } from '../../fixtures/tools/rollouts.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { plantedTexts } from '../../fixtures/tools/world.fixture.ts'
import { argoStatus } from './status.ts'

describeTool(argoStatus, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'stepped', namespace }),
  needs: 'rollouts',
  prepare: (api, namespace) => makePausedRollout(api, namespace, { name: 'stepped', annotations: plantedTexts }),
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['number', { timeout_seconds: 0 }, 'timeout_seconds must be between 1 and 270, got 0.'],
    ['bool', { watch: 1 }, 'watch must be true or false, got 1.'],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})

describe('argo_status', () => {
  let api: ApiServer
  let namespace: string
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('status')
  })

  it('answers at once, or waits until it is over and says each state once', async () => {
    const tools = readTools({ kubeconfig: api.kubeconfig, namespace })
    await makePausedRollout(api, namespace, { name: 'canary' })
    const { output, data } = await tools.run(argoStatus, { name: 'canary' })
    expect(output).toMatch(/^Paused - CanaryPauseStep\n/)
    expect(output).toContain('CanaryPauseStep for ')
    expect(data).toEqual({ phase: 'Paused', message: 'CanaryPauseStep' })
    const waiting = await tools.run(argoStatus, { name: 'canary', watch: true, timeout_seconds: 1 })
    expect(waiting).toMatchObject({ data: { phase: 'Paused', done: false } })
    const begun = Promise.withResolvers<void>()
    const args = { name: 'canary', watch: true, timeout_seconds: 30 }
    const watched = tools.call(argoStatus, args, undefined, begun.resolve)
    await begun.promise
    await patchStatus(api, namespace, 'canary', { abort: true })
    const { result, progress } = await watched
    expect(result.data).toMatchObject({ phase: 'Degraded', done: true })
    expect(result.error).toBeUndefined()
    const lines = progress.map(({ text }) => text)
    expect(lines[0]).toBe('Paused - CanaryPauseStep\n')
    expect(new Set(lines).size).toBe(lines.length)
    await makeRollout(api, namespace, { name: 'plain' })
    await setImage(api, namespace, 'plain', 'web:2')
    expect(await tools.run(argoStatus, { name: 'plain', watch: true })).toMatchObject({
      data: { phase: 'Healthy', done: true },
    })
    expect(await tools.refusal(argoStatus, { name: 'canar' })).toMatch(/^NotFound: .*canary/s)
    await tools.close()
  })
})
