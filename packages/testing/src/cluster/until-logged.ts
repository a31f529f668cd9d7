import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiServer } from './api-server.ts'
import { linesWith } from './lines-with.ts'

/** The audit log is written after the answers. Once a marked request stands in it, all earlier ones do. */
export async function untilLogged({ request, auditLog }: ApiServer): Promise<void> {
  const mark = `/api/v1/namespaces/default/configmaps/mark-${randomBytes(6).toString('hex')}`
  const { size } = statSync(auditLog)
  await request('GET', mark)
  while (linesWith(auditLog, mark, size).length === 0) await sleep(50)
}
