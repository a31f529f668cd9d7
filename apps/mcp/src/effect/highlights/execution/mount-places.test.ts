import { expect, it } from 'vitest'
import { directoriesOf, mountsOf, placesOf, plainPath } from './mount-places.ts'

const placesIn = (file: string, ...volumeMounts: object[]) =>
  placesOf(file, mountsOf({ path: '', value: { volumeMounts } }, 'v'))

it.each<[string, string, object, string[]]>([
  ['a whole volume', 'a', { mountPath: '/x' }, ['/x/a']],
  ['a place without a stroke', 'a', { mountPath: 'x' }, ['/x/a']],
  ['a part that is the file', 'a', { mountPath: '/x', subPath: 'a' }, ['/x']],
  ['a part that is another', 'a', { mountPath: '/x', subPath: 'b' }, []],
  ['a part around the file', 'a/b/c', { mountPath: '/x', subPath: 'a' }, ['/x/b/c']],
  ['a part that is all of it', 'a', { mountPath: '/x', subPath: './' }, ['/x/a']],
  ['a part that comes of the node', 'a', { mountPath: '/x', subPathExpr: '$(X)' }, ['/x/a', '/x']],
  ['no part', 'a', { mountPath: '/x', subPathExpr: '' }, ['/x/a']],
  ['an empty part', 'a', { mountPath: '/x', subPath: '', subPathExpr: 1 }, ['/x/a']],
  ['nothing that is a place', 'a', { mountPath: 1 }, []],
])('of %s', (_, file, mount, places) => {
  expect(placesIn(file, { name: 'v', ...mount })).toEqual(places)
  expect(placesIn(file, { name: 'w', ...mount })).toEqual([])
})

it('of several mounts, and of no path that is too long for a node', () => {
  const [long, tooLong] = [`/${'x'.repeat(4095)}`, `/${'x'.repeat(4096)}`]
  const mounts = ['/x', '/y', long, tooLong].map((mountPath) => ({ name: 'v', mountPath }))
  expect(placesIn('a', ...mounts)).toEqual(['/x/a', '/y/a', `${long}/a`])
})

it('the directories around a path: the nearest eight, and never the root', () => {
  expect(directoriesOf('/a/b/c')).toEqual(['/a/b', '/a'])
  expect(directoriesOf('a/b')).toEqual(['a'])
  expect(directoriesOf('/a')).toEqual([])
  expect(directoriesOf('a')).toEqual([])
  expect(directoriesOf('/1/2/3/4/5/6/7/8/9/10')).toEqual(
    [9, 8, 7, 6, 5, 4, 3, 2].map((end) => Array.from({ length: end }, (_, at) => `/${at + 1}`).join('')),
  )
})

it('a path as it is meant', () => {
  expect(plainPath('./a//b/../c/')).toBe('a/c')
  expect(plainPath('.')).toBe('')
  expect(plainPath('')).toBe('')
  expect(plainPath('/')).toBe('')
})
