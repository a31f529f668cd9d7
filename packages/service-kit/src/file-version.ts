import { stat } from 'node:fs/promises'

/** Differs once the file was written anew or replaced. Rejects as `stat` does. */
export async function fileVersion(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path)
  return `${mtimeMs}:${size}:${ino}`
}
