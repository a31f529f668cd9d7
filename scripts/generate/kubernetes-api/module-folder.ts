import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'

/** Where the sources of a Go module lie; they are fetched by the `go` command unless it has them. */
export function moduleFolder(path: string, version: string): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', `${path}@${version}`], {
    encoding: 'utf8',
    cwd: tmpdir(),
  })
  return (JSON.parse(answer) as { Dir: string }).Dir
}
