import { glob, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** Below this a file is not worth it. */
const LEAST = 1024

/** Writes `.br` and `.gz` beside each script and style of a folder. */
export async function compressFiles(folder: string): Promise<void> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
  for await (const name of glob('**/*.{js,css}', { cwd: folder })) {
    const path = join(folder, name)
    const content = await readFile(path)
    if (content.length < LEAST) continue
    await writeFile(`${path}.br`, await promisify(brotliCompress)(content, { params }))
    await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }))
  }
}
