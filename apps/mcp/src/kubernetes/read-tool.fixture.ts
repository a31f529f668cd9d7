import { readFileSync } from 'node:fs'
import { type Cluster, connectCluster } from '../kube/cluster.ts'
import { createKube } from '../kube/create-kube.ts'
import { createDiscovery } from '../kube/discovery/discovery.ts'
import { parseKubeconfig } from '../kube/login/parse-kubeconfig.ts'
import { type Arguments, asToolError, type ReadTool, type ToolResult } from '../tool/define-tool.ts'
import type { ToolContext, ToolSettings } from '../tool/tool-context.ts'
import { ToolError } from '../tool/tool-error.ts'

export type Progress = { stream: 'stdout' | 'stderr' | 'status'; text: string }

/** Calls read tools on a real API server, with the settings of a server that was told nothing. */
export function readTools({
  kubeconfig,
  namespace,
  settings = {},
}: {
  kubeconfig: string
  namespace: string
  settings?: Partial<ToolSettings>
}) {
  const config = parseKubeconfig(readFileSync(kubeconfig, 'utf8'), kubeconfig)
  const cluster: Cluster = connectCluster(config, { name: 'default' })
  const discovery = createDiscovery()

  const call = async (tool: ReadTool, args: Arguments, signal = AbortSignal.timeout(60_000)) => {
    const progress: Progress[] = []
    const kube = createKube({ cluster, discovery, caller: { as: 'server' }, signal, fieldManager: 'fairlead' })
    const context: ToolContext = {
      kube,
      clusters: [{ name: cluster.name, server: cluster.server, isDefault: true, kube: () => kube }],
      settings: {
        maxOutputChars: 60_000,
        revealSecrets: false,
        protectedNamespaces: new Set(),
        execReadAllowlist: true,
        allowProtected: false,
        fieldManager: 'fairlead',
        redactionKey: undefined,
        ...settings,
      },
      defaultNamespace: namespace,
      signal,
      pins: {},
      now: () => new Date(),
      readingTurn: async () => () => undefined,
      progress: (stream, text) => progress.push({ stream, text }),
    }
    return { result: await tool.parse(args).run(context), progress }
  }
  return {
    run: async (tool: ReadTool, args: Arguments = {}): Promise<ToolResult> => (await call(tool, args)).result,
    call,
    /** The sentence a caller reads; fails when the call succeeds. */
    refusal: async (tool: ReadTool, args: Arguments): Promise<string> => {
      const error = await call(tool, args).then(
        () => new Error(`${tool.name} succeeded`),
        (thrown: unknown) => asToolError(thrown),
      )
      if (error instanceof ToolError) return error.text
      throw error
    },
    close: () => cluster.close(),
  }
}
