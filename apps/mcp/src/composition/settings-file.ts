import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { type Environment, isSetting } from '../config.ts'
import { ConfigError } from '../tool/config-error.ts'

/**
 * The environment, with what only the file of `MCP_SETTINGS_FILE` says beside it: lines of `NAME=value`, as in a `.env` file.
 * Throws ConfigError where there is no such file.
 */
export function withSettingsFile(env: Environment): Environment {
  const { MCP_SETTINGS_FILE: file } = env
  if (file === undefined || file === '') return env
  let said: Environment
  try {
    said = parseEnv(readFileSync(file, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(`MCP_SETTINGS_FILE cannot be read (${reason}).`, { cause })
  }
  const outside = Object.keys(said).find(belongsOutside)
  if (outside !== undefined)
    throw new ConfigError(`${outside} belongs into the environment, not into the settings file.`)
  return { ...said, ...withoutUnset(env) }
}

/** What says where the file is, and what a library or the process reads from the environment itself. */
function belongsOutside(name: string): boolean {
  return name === 'MCP_SETTINGS_FILE' || name === 'MCP_RELOAD' || (/^(?:OTEL|NODE|SSL)_/.test(name) && !isSetting(name))
}

/** An empty string counts as unset, here as everywhere. */
function withoutUnset(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
}

/** What a running server can take over. Nothing of the gate: who decides, with which keys, and what must be asked for. */
const reloadable: ReadonlySet<string> = new Set([
  'LOG_LEVEL',
  'DEBUG',
  'MCP_TOOLSETS',
  'MCP_ENABLED_TOOLS',
  'MCP_DISABLED_TOOLS',
  'MCP_DENIED_KINDS',
  'MCP_MAX_OUTPUT_CHARS',
])

/** Names of this server's settings that differ: those that a running server takes over, and those that only a new start does. */
export function changedSettings(before: Environment, after: Environment): { taken: string[]; needStart: string[] } {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted()
  const changed = names.filter((name) => isSetting(name) && (before[name] ?? '') !== (after[name] ?? ''))
  return {
    taken: changed.filter((name) => reloadable.has(name)),
    needStart: changed.filter((name) => !reloadable.has(name)),
  }
}
