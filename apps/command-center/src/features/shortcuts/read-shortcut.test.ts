import { describe, expect, it } from 'vitest'
import { createShortcutReader, type KeyPress } from './read-shortcut.ts'

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
})
const letters = { takesLetters: true }
const noLetters = { takesLetters: false }

describe('createShortcutReader', () => {
  it('knows what is held with Ctrl or Command, in fields too', () => {
    const read = createShortcutReader()
    expect(read(press('k', { ctrlKey: true }), noLetters)).toBe('search')
    expect(read(press('K', { metaKey: true }), noLetters)).toBe('search')
    expect(read(press('b', { metaKey: true }), noLetters)).toBe('toggle-sidebar')
    expect(read(press('O', { ctrlKey: true, shiftKey: true }), noLetters)).toBe('new-chat')
    expect(read(press('o', { ctrlKey: true }), noLetters)).toBeUndefined()
    expect(read(press('k', { ctrlKey: true, altKey: true }), letters)).toBeUndefined()
    expect(read(press('k', { ctrlKey: true, shiftKey: true }), letters)).toBeUndefined()
  })

  it('takes single letters only where they are taken', () => {
    const read = createShortcutReader()
    expect(read(press('?', { shiftKey: true }), letters)).toBe('show-shortcuts')
    expect(read(press('?', { shiftKey: true }), noLetters)).toBeUndefined()
    read(press('g'), noLetters)
    expect(read(press('a'), noLetters)).toBeUndefined()
  })

  it('goes to the approvals by g and then a, soon after', () => {
    let now = 0
    const read = createShortcutReader(() => now)
    expect(read(press('a'), letters)).toBeUndefined()
    expect(read(press('g'), letters)).toBeUndefined()
    expect(read(press('a'), letters)).toBe('go-to-approvals')
    expect(read(press('a'), letters)).toBeUndefined()
    read(press('g'), letters)
    read(press('x'), letters)
    expect(read(press('a'), letters)).toBeUndefined()
    read(press('g'), letters)
    now += 1300
    expect(read(press('a'), letters)).toBeUndefined()
  })
})
