import { CommandError } from '../terminal/command-error.ts'

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EISDIR: 'it is a folder',
}

/** A file that was given and cannot be read, called as the person did. */
export function cannotRead(called: string, error: unknown): CommandError {
  const { code = '' } = error as NodeJS.ErrnoException
  return new CommandError('wrongUse', `${called} cannot be read: ${reasons[code] ?? code}.`, error)
}
