import { existsSync } from 'node:fs'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Stands in a database's folder from before its first file until after its last. */
const MARK = 'being-filled'

/**
 * Whether a database's folder is still to be filled; what a fill that was cut short has left in it is removed, since nobody
 * has been answered from it. `filled` is for when the last file is written.
 */
export async function beginFolder(dir: string): Promise<{ isEmpty: boolean; filled(): Promise<void> }> {
  const mark = join(dir, MARK)
  const filled = () => rm(mark, { force: true })
  if (existsSync(mark)) {
    const left = (await readdir(dir)).filter((name) => name !== MARK)
    await Promise.all(left.map((name) => rm(join(dir, name), { recursive: true })))
  } else if (existsSync(join(dir, 'PG_VERSION'))) return { isEmpty: false, filled }
  else await writeFile(mark, '')
  return { isEmpty: true, filled }
}
