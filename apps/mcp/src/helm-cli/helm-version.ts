import { ToolError } from '../tool/tool-error.ts'
import { helmError } from './helm-error.ts'
import type { RunHelm } from './run-helm.ts'

export type HelmVersion = { text: string; major: number }

/** The version of the helm that is run; read once. Throws `NotInstalled` where there is none, or one that is too old. */
export function createVersionReader(run: RunHelm): (signal: AbortSignal) => Promise<HelmVersion> {
  let known: HelmVersion | undefined
  return async (signal) => {
    known ??= await readVersion(run, signal)
    return known
  }
}

/** For people: the version, or in a sentence why there is none. */
export async function helmState(version: () => Promise<HelmVersion>): Promise<{ isThere: boolean; text: string }> {
  try {
    return { isThere: true, text: (await version()).text }
  } catch (error) {
    if (error instanceof ToolError) return { isThere: false, text: error.message }
    throw error
  }
}

async function readVersion(run: RunHelm, signal: AbortSignal): Promise<HelmVersion> {
  const end = await run({ args: ['version', '--template={{.Version}}'], signal })
  const [text, major, minor] = /^v(\d+)\.(\d+)\.\S+/.exec(end.stdout.trim()) ?? []
  if (end.code !== 0 || text === undefined) throw helmError(end)
  const isOld = Number(major) < 3 || (Number(major) === 3 && Number(minor) < 14)
  if (isOld)
    throw new ToolError(
      'NotInstalled',
      `helm ${text} is too old: 3.14 or newer, or 4, is needed beside this tool server.`,
    )
  return { text, major: Number(major) }
}
