import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)

it('nothing of a run leaves for a tracing service, whatever the environment says', async () => {
  const script = `await import(${JSON.stringify(new URL('./start-engine.ts', import.meta.url).href)})
    console.log(JSON.stringify(Object.keys(process.env).filter((name) => /^LANG(SMITH|CHAIN)_/.test(name))))`
  const env = { ...process.env, LANGSMITH_TRACING: 'true', LANGCHAIN_TRACING_V2: 'true', LANGSMITH_API_KEY: 'k' }
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { env })
  expect(JSON.parse(stdout)).toEqual([])
}, 60_000)
