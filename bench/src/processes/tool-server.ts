import { startMcp } from '@fairlead/mcp/composition/start-mcp'
import { parseConfig } from '@fairlead/mcp/config'
import { createLogger } from '@fairlead/service-kit/logger'
import { answerUsage } from './measured.ts'

const ending = new AbortController()
const mcp = await startMcp(parseConfig(process.env, ['--host', '127.0.0.1', '--port', '0']), {
  signal: ending.signal,
  log: createLogger({ name: 'mcp', level: 'warn' }),
})
answerUsage(mcp.url ?? '')
process.once('SIGTERM', () => ending.abort())
mcp.ended.then(
  () => process.exit(0),
  () => process.exit(1),
)
