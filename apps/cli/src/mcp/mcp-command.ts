import { resolve } from 'node:path'
import { createLogger } from '@fairlead/service-kit/logger'
import { createShutdown } from '@fairlead/service-kit/shutdown'
import { startWatchdog } from '@fairlead/service-kit/watchdog'
import { Command } from 'commander'
import { CommandError } from '../terminal/command-error.ts'
import { exitCodes } from '../terminal/exit-codes.ts'

type McpOptions = { kubeconfig?: string; context?: string[]; readOnly?: boolean }

/** Faults of the person's own input: their message is for the person, a stack would only hide it. */
const sentences = new Set(['CommandError', 'ConfigError', 'SettingsError'])

export function mcpCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('mcp')
    .description('offer the tools to an editor or another MCP host, over stdio; each change asks you first')
    .option('--context <name>', 'the cluster of this context of your kubeconfig; give it again for more', also)
    .option('--kubeconfig <file>', 'the clusters of this kubeconfig')
    .option('--read-only', 'leave the tools out that change anything')
    .action(async (options: McpOptions) => {
      process.exit(await serveTools(options, env))
    })
}

/** Runs until the host goes away or the process is told to stop; resolves to the exit code. */
async function serveTools(options: McpOptions, env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const [{ parseConfig }, { startMcp }] = await Promise.all([
      import('@fairlead/mcp/config'),
      import('@fairlead/mcp/composition/start-mcp'),
    ])
    const config = parseConfig(toolSettings(options, env), ['--transport', 'stdio'])
    // Quiet unless somebody asked: hosts show what comes on stderr as if it were a fault.
    const log = createLogger({ name: config.app.name, level: env.LOG_LEVEL ? config.logLevel : 'warn' })
    startWatchdog({ name: config.app.name, log })
    const shutdown = createShutdown({ log })
    const mcp = await startMcp(config, { signal: shutdown.signal, log })
    shutdown.onClose('mcp', mcp.close)
    mcp.ended.then(shutdown.begin, shutdown.begin)
    return await shutdown.finished
  } catch (error) {
    if (!(error instanceof Error) || !sentences.has(error.name)) throw error
    process.stderr.write(`fairlead: ${error.message}\n`)
    return exitCodes.wrongUse
  }
}

/** What the command line does not say, the environment may. */
function toolSettings(
  { kubeconfig, context, readOnly }: McpOptions,
  env: NodeJS.ProcessEnv,
): Record<string, string | undefined> {
  if (kubeconfig === undefined && context === undefined && !env.K8S_CONTEXT) {
    throw new CommandError('wrongUse', 'Name the cluster to work on: --context NAME or --kubeconfig FILE.')
  }
  return {
    ...env,
    KUBECONFIG: kubeconfig === undefined ? env.KUBECONFIG : resolve(kubeconfig),
    K8S_CONTEXT: context?.join(',') ?? env.K8S_CONTEXT,
    MCP_MODE: readOnly ? 'read-only' : env.MCP_MODE || (env.MCP_READ_ONLY ? undefined : 'confirm'),
  }
}

function also(value: string, before: string[] = []): string[] {
  return [...before, value]
}
