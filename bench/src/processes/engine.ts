import { parseConfig } from '@fairlead/engine/config'
import { startEngine } from '@fairlead/engine/start-engine'
import { createLogger } from '@fairlead/service-kit/logger'
import { answerUsage } from './measured.ts'

const { BENCH_DATABASE_FOLDER: databaseFolder, ...env } = process.env
const ending = new AbortController()
const engine = await startEngine(parseConfig(env), {
  signal: ending.signal,
  log: createLogger({ name: 'engine', level: 'warn' }),
  databaseFolder,
  isTailInProcess: databaseFolder !== undefined,
})
answerUsage(engine.url)
process.once('SIGTERM', () => {
  ending.abort()
  engine.close().then(
    () => process.exit(0),
    () => process.exit(1),
  )
})
