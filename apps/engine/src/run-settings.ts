import type { EngineConfig } from './config.ts'
import type { RunSettings } from './runs/run-parts.ts'

/** Tokens of a model's window that a request may fill, where the window is not known. */
const CONTEXT_TOKENS = 100_000

export function runSettingsOf(
  config: Readonly<EngineConfig>,
  { leaseSeconds, closeSeconds }: Pick<RunSettings, 'leaseSeconds' | 'closeSeconds'>,
): RunSettings {
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
    credentialsNamespace: config.INTEGRATIONS_SECRET_NAMESPACE,
  }
}
