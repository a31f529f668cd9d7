import { parseArgs } from 'node:util'
import { allAtOnce } from './benches/all-at-once.ts'
import type { Bench } from './benches/bench.ts'
import { busyHealth } from './benches/busy-health.ts'
import { deliveryReads } from './benches/delivery-reads.ts'
import { firstToken } from './benches/first-token.ts'
import { flatOut } from './benches/flat-out.ts'
import { freshStart } from './benches/fresh-start.ts'
import { longConversation } from './benches/long-conversation.ts'
import { oneMinute } from './benches/one-minute.ts'
import { openStreams } from './benches/open-streams.ts'
import { page } from './benches/page.ts'
import { pausedReader } from './benches/paused-reader.ts'
import { readCall } from './benches/read-call.ts'
import { redaction } from './benches/redaction.ts'
import { requestTokens } from './benches/request-tokens.ts'
import { shortTurn } from './benches/short-turn.ts'
import { start } from './benches/start.ts'
import { type Figure, isMissed, lineOf } from './figure.ts'
import { openServers } from './servers.ts'

const benches: Record<string, Bench> = {
  'first-token': firstToken,
  'one-minute': oneMinute,
  'all-at-once': allAtOnce,
  'flat-out': flatOut,
  'paused-reader': pausedReader,
  'open-streams': openStreams,
  'short-turn': shortTurn,
  'long-conversation': longConversation,
  'read-call': readCall,
  'delivery-reads': deliveryReads,
  'busy-health': busyHealth,
  'request-tokens': requestTokens,
  redaction,
  page,
  start,
}
/** Run only when they are named: they fetch what the product is made of. */
const named: Record<string, Bench> = { 'fresh-start': freshStart }
const all = { ...benches, ...named }

/**
 * Prints the product's figures against its bars; exit code 1 when one is missed.
 *
 *   npm run bench [-- NAME …]
 */
const { positionals } = parseArgs({ allowPositionals: true })
const unknown = positionals.filter((name) => all[name] === undefined)
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${Object.keys(all).join(', ')}`)
  process.exit(2)
}
const chosen = positionals.length > 0 ? positionals : Object.keys(benches)
const figures: Figure[] = []
await using stack = new AsyncDisposableStack()
const servers = await openServers(stack)
for (const name of chosen) {
  await all[name]?.(servers, (figure) => {
    figures.push(figure)
    console.log(lineOf(figure))
  })
}
const missed = figures.filter(isMissed)
console.log(`${figures.filter(({ bar }) => bar !== undefined).length} bars, ${missed.length} missed`)
process.exitCode = missed.length > 0 ? 1 : 0
