import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { createLogger } from '@fairlead/service-kit/logger'
import { SettingsError } from '@fairlead/service-kit/parse-settings'
import { createShutdown } from '@fairlead/service-kit/shutdown'
import { startWatchdog } from '@fairlead/service-kit/watchdog'
import { shareBff } from './bff/bff.ts'
import { createBff } from './bff/create-bff.ts'
import { listen } from './bff/listen.ts'
import { readStaticFiles } from './bff/static-files.ts'
import { currentBuild } from './build/built-page.ts'
import { parseConfig, settingWarnings } from './config.ts'

/** A message to the process that started this one: where the app answers, or why it does not. */
type Message = { type: 'ready'; url: string; port: number } | { type: 'failed'; error: string; code?: string }

const report = (message: Message): Promise<void> =>
  new Promise((sent) => (process.send ? process.send(message, () => sent()) : sent()))

try {
  const config = parseConfig(process.env)
  const log = createLogger({ name: 'fairlead-page', level: config.LOG_LEVEL })
  startWatchdog({ name: 'fairlead-page', log })
  for (const warning of settingWarnings(process.env)) log.warn(warning)
  const shutdown = createShutdown({ log })
  // The process that started this one has gone.
  process.once('disconnect', shutdown.begin)

  // What the framework prints for developers goes to the debug log.
  Object.assign(console, { log: (...words: unknown[]) => log.debug(words.map(String).join(' ')) })
  // Read by the framework as it is loaded, and so before that.
  Object.assign(process.env, { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' })
  const build = await currentBuild()
  if (build === undefined) throw new Error('The page is not built; `fairlead up` does that')
  const { default: next } = await import('next')
  // It would take over connections that ask to become something else than HTTP: it is handed a server that has none.
  const framework = next({
    dev: false,
    quiet: true,
    dir: resolve(import.meta.dirname, '..'),
    httpServer: createServer(),
  })
  await framework.prepare()
  shutdown.onClose('framework', () => framework.close())

  const bff = createBff(config, log)
  shareBff(bff)
  shutdown.onClose('engine calls', bff.close)
  const serveStatic = await readStaticFiles(build)
  const listening = await listen({
    settings: config,
    bff,
    handle: framework.getRequestHandler(),
    serveStatic,
    log,
  })
  // Closed first: what is under way has a moment to end.
  shutdown.onClose('connections', listening.close)

  const url = config.PUBLIC_URL ?? `http://${addressOf(config.HOST)}:${listening.port}`
  log.info({ url, port: listening.port, engine: config.API_URL }, 'The page answers')
  await report({ type: 'ready', url, port: listening.port })
  process.exit(await shutdown.finished)
} catch (fault) {
  const { message, code, stack } = fault as NodeJS.ErrnoException
  const isForPeople = fault instanceof SettingsError || code === 'EADDRINUSE'
  // The process that started this one tells the person.
  if (!(isForPeople && process.send)) process.stderr.write(`${isForPeople ? message : stack}\n`)
  await report({ type: 'failed', error: message, code })
  process.exit(fault instanceof SettingsError ? 2 : 1)
}

/** A name that a browser on this machine can open. */
function addressOf(host: string): string {
  if (['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
