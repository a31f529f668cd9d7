import type { RunContext } from './calls/run-context.ts'
import type { EngineConfig } from './config.ts'
import { publicAddress } from './mcp-client/public-address.ts'

/** Tokens of a model's window that a request may fill, where the window is not known. */
const CONTEXT_TOKENS = 100_000

export function runSettingsOf(
  config: Readonly<EngineConfig>,
  { leaseSeconds, closeSeconds }: Pick<RunContext['settings'], 'leaseSeconds' | 'closeSeconds'>,
): RunContext['settings'] {
  return {
    leaseSeconds,
    closeSeconds,
    maxSteps: config.LLM_MAX_ITERATIONS,
    maxAutoContinues: config.MAX_AUTO_CONTINUE_TURNS,
    contextMessages: config.LLM_CONTEXT_WINDOW_MESSAGES,
    contextTokens: CONTEXT_TOKENS,
    execReadAllowList: config.EXEC_READ_ALLOWLIST,
    toolResultMaxChars: config.LLM_TOOL_RESULT_MAX_CHARS,
    approvalTtlHours: config.APPROVAL_TTL_HOURS,
    verifyWaitSeconds: config.VERIFY_WAIT_SECONDS,
    grantAudience: config.MCP_GRANT_AUDIENCE,
    toolServer: publicAddress(config.MCP_SERVER_URL),
  }
}
