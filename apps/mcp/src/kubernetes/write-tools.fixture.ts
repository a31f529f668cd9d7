import { readFileSync } from 'node:fs'
import type { Effect } from '@fairlead/contract/effect/effect'
import type { ToolAnswer, VerifyRequest } from '@fairlead/contract/tool/tool-meta'
import { computeEffect } from '../gate/compute-effect.ts'
import { execute } from '../gate/execute.ts'
import { verify } from '../gate/verify.ts'
import type { WriteCallInHand } from '../gate/write-call.ts'
import { createWriter } from '../gate/writer.ts'
import { connectCluster } from '../kube/cluster.ts'
import { createKube } from '../kube/create-kube.ts'
import { createDiscovery } from '../kube/discovery/discovery.ts'
import { baseUserAgent } from '../kube/kube.ts'
import { parseKubeconfig } from '../kube/login/parse-kubeconfig.ts'
import { everywhere } from '../kube/namespace-scope.ts'
import type { Forwards } from '../kube/pod-streams/forward-ports.ts'
import { createPodStreams } from '../kube/pod-streams/pod-streams.ts'
import { type Arguments, asToolError, type WriteTool } from '../tool/define-tool.ts'
import type { ToolContext, ToolSettings } from '../tool/tool-context.ts'
import { ToolError } from '../tool/tool-error.ts'

/** `warnings`: what the API server warned of, which the answer would end with. */
export type Previewed = { effect: Effect; effect_digest: string; warnings?: readonly string[] }

/** The arguments of the undo; fails when there is none. */
export function undoArgs({ undo }: Effect): { changes: string } {
  if (undo === undefined || !('args' in undo)) throw new Error(`no undo: ${JSON.stringify(undo)}`)
  return { changes: String(undo.args.changes) }
}

export const redactionKey = Buffer.alloc(32, 5)

/** Calls write tools on a real API server, past the grant: what was previewed counts as approved. */
export function writeTools({
  kubeconfig,
  namespace,
  settings = {},
  forwards,
}: {
  kubeconfig: string
  namespace: string
  settings?: Partial<ToolSettings>
  forwards?: Forwards
}) {
  const config = parseKubeconfig(readFileSync(kubeconfig, 'utf8'), kubeconfig)
  const cluster = connectCluster(config, { name: 'default' })
  const discovery = createDiscovery()
  const caller = { as: 'server' } as const
  const userAgent = `${baseUserAgent} call/test`
  const progress: string[] = []
  const warnings: string[] = []
  const heed = (warning: string) => void warnings.push(warning)

  const inHand = (tool: WriteTool, args: Arguments): WriteCallInHand => {
    const signal = AbortSignal.timeout(60_000)
    const fieldManager = 'fairlead'
    const kube = createKube({ cluster, discovery, caller, signal, fieldManager, scope: everywhere })
    const context: Omit<ToolContext, 'pins'> = {
      kube,
      clusters: [{ name: cluster.name, server: cluster.server, isDefault: true, kube: () => kube }],
      settings: {
        maxOutputChars: 60_000,
        revealSecrets: false,
        protectedNamespaces: new Set(['kube-system']),
        execReadAllowlist: true,
        allowProtected: false,
        fieldManager,
        redactionKey,
        ...settings,
      },
      defaultNamespace: namespace,
      signal,
      now: () => new Date(),
      readingTurn: async () => () => undefined,
      progress: (_stream, text) => progress.push(text),
    }
    return { tool, args, call: tool.parse(args), context }
  }
  const preview = async (tool: WriteTool, args: Arguments): Promise<Previewed> => {
    const call = inHand(tool, args)
    const { effect, effect_digest } = await computeEffect(call, {})
    return { effect, effect_digest, warnings: call.context.kube.warnings }
  }
  const run = async (tool: WriteTool, args: Arguments, approved: Previewed): Promise<ToolAnswer> => {
    const writer = createWriter({
      cluster,
      caller,
      fieldManager: 'fairlead',
      userAgent,
      timeoutMs: 10_000,
      mayLeave: () => undefined,
      heed,
    })
    const { effect_digest, effect } = approved
    const permit = { effect_digest, pins: effect.pins, until: Date.now() + 60_000 }
    const streams = createPodStreams({ cluster, caller, userAgent }, forwards)
    return execute(inHand(tool, args), { permit, writer, streams, heed })
  }
  return {
    progress,
    /** Of all executions. */
    warnings,
    preview,
    run,
    /** Preview and execution, as if approved in between. */
    async write(tool: WriteTool, args: Arguments) {
      const approved = await preview(tool, args)
      return { ...approved, answer: await run(tool, args, approved) }
    },
    async verify(tool: WriteTool, args: Arguments, { effect, effect_digest }: Previewed, wait_seconds = 0) {
      const request: VerifyRequest = { effect_digest, objects: effect.objects, pins: effect.pins, wait_seconds }
      return (await verify(inHand(tool, args), request)).verification
    },
    /** The sentence a caller reads; fails when the preview succeeds. */
    async refusal(tool: WriteTool, args: Arguments): Promise<string> {
      const error = await (async () => preview(tool, args))().then(
        () => new Error(`${tool.name} was not refused`),
        (thrown: unknown) => asToolError(thrown),
      )
      if (error instanceof ToolError) return error.text
      throw error
    },
    close: () => cluster.close(),
  }
}
