import { createReadStream } from 'node:fs'
import { glob, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, sep } from 'node:path'

/** Answers a file, compressed where the browser accepts that; false for everything else. */
export type ServeStatic = (path: string, incoming: IncomingMessage, response: ServerResponse) => boolean

const encodings = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const
type Encoding = (typeof encodings)[number]['name']
const types = { js: 'application/javascript; charset=UTF-8', css: 'text/css; charset=UTF-8' }

type Compressed = { file: string; bytes: number }

/** Scripts and styles of a build: compressed once, as it was made. Streams are no files, and never compressed. */
export async function readStaticFiles(build: string): Promise<ServeStatic> {
  const known = new Map<string, Map<Encoding, Compressed>>()
  const root = join(build, 'static')
  for (const { name, ending } of encodings) {
    for await (const found of glob(`**/*${ending}`, { cwd: root })) {
      const file = join(root, found)
      const path = `/_next/static/${found.slice(0, -ending.length).split(sep).join('/')}`
      const forms = known.get(path) ?? new Map<Encoding, Compressed>()
      known.set(path, forms.set(name, { file, bytes: (await stat(file)).size }))
    }
  }
  return (path, { method, headers }, response) => {
    const forms = known.get(path)
    if (forms === undefined) return false
    response.setHeader('vary', 'Accept-Encoding')
    const taken = encodings.find(({ name }) => forms.has(name) && accepts(headers['accept-encoding'], name))
    const form = taken && forms.get(taken.name)
    if (taken === undefined || form === undefined) return false
    response.writeHead(200, {
      'content-type': path.endsWith('.css') ? types.css : types.js,
      'content-encoding': taken.name,
      'content-length': form.bytes,
      // Its name has its content's digest.
      'cache-control': 'public, max-age=31536000, immutable',
    })
    if (method === 'HEAD') response.end()
    else {
      createReadStream(form.file)
        .on('error', () => response.destroy())
        .pipe(response)
    }
    return true
  }
}

function accepts(header: string | string[] | undefined, encoding: Encoding): boolean {
  return String(header ?? '')
    .split(',')
    .some((part) => {
      const [name = '', ...parameters] = part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/)
      return name === encoding && !parameters.some((it) => /^q=0(?:\.0*)?$/.test(it))
    })
}
