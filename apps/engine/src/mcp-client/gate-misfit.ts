import { z } from 'zod'

const PATIENCE_MS = 5_000

/** As far as it concerns an engine. Servers that are not ours say nothing of it. */
const readiness = z.object({
  checks: z.object({
    gate: z.object({ mode: z.string(), keys: z.array(z.string()), exec_read_allowlist: z.boolean() }),
  }),
})

export type OwnGate = {
  /** Of the key that signs grants now. */
  kid: string
  execReadAllowList: boolean
}

/** What of a tool server's gate does not fit ours, for people; undefined when all does or it says nothing. Never rejects. */
export async function gateMisfit(mcpUrl: string, own: OwnGate): Promise<string | undefined> {
  const said = await readGate(mcpUrl).catch(() => undefined)
  if (said === undefined) return undefined
  const faults: string[] = []
  if (said.mode !== 'grant') faults.push(`its mode is ${JSON.stringify(said.mode.slice(0, 40))}, so it takes no grants`)
  else if (!said.keys.includes(own.kid)) faults.push(`it does not know the key ${own.kid}`)
  if (said.exec_read_allowlist !== own.execReadAllowList) {
    faults.push(`EXEC_READ_ALLOWLIST is ${onOff(said.exec_read_allowlist)} there, ${onOff(own.execReadAllowList)} here`)
  }
  return faults.length === 0 ? undefined : faults.join('; ')
}

async function readGate(mcpUrl: string) {
  const answer = await fetch(new URL('/health/ready', mcpUrl), { signal: AbortSignal.timeout(PATIENCE_MS) })
  return readiness.safeParse(await answer.json()).data?.checks.gate
}

function onOff(isOn: boolean): string {
  return isOn ? 'on' : 'off'
}
