import { describe, expect, it } from 'vitest'
import { applySgr } from './apply-sgr.ts'
import { plainStyle } from './text-style.ts'

const after = (...parameters: string[]) => parameters.reduce(applySgr, plainStyle)

describe('applySgr', () => {
  it.each([
    ['1', { isBold: true }],
    ['2', { isFaint: true }],
    ['3', { isItalic: true }],
    ['4', { isUnderlined: true }],
    ['7', { isInverse: true }],
    ['9', { isStruck: true }],
    ['31', { ink: 1 }],
    ['97', { ink: 15 }],
    ['44', { ground: 4 }],
    ['103', { ground: 11 }],
    ['38;5;9', { ink: 9 }],
    ['38;5;16', { ink: '#000000' }],
    ['38;5;196', { ink: '#ff0000' }],
    ['48;5;244', { ground: '#808080' }],
    ['38;2;1;2;255', { ink: '#0102ff' }],
    ['38:2::1:2:255', { ink: '#0102ff' }],
    ['38:2:1:2:255', { ink: '#0102ff' }],
    ['38:5:196', { ink: '#ff0000' }],
    ['4:3', { isUnderlined: true }],
    ['1;38;5;196;4', { isBold: true, ink: '#ff0000', isUnderlined: true }],
  ])('%s', (parameters, style) =>
    expect(after(parameters)).toEqual({ ...plainStyle, ...style, codes: expect.any(String) }),
  )

  it.each([
    [['1;31', '']],
    [['1;31', '0']],
    [['1', '22']],
    [['2', '22']],
    [['3', '23']],
    [['4', '24']],
    [['4', '4:0']],
    [['7', '27']],
    [['9', '29']],
    [['31', '39']],
    [['41', '49']],
    [['5']],
    [['8']],
    [['58;5;1']],
    [['58:2::1:2:3']],
    [['38;5;999']],
    [['38;2;300;0;0']],
    [['99']],
  ])('%j leaves nothing', (parameters) => expect(after(...parameters)).toBe(plainStyle))

  it('adds up, and equal styles are one', () => {
    expect(after('1', '31')).toBe(after('31;1'))
    expect(after('1;31', '32')).toMatchObject({ isBold: true, ink: 2 })
  })

  it('plain stays plain, however many other styles there were', () => {
    for (let at = 0; at < 12_000; at++) after(`38;2;${at >> 8};${at & 255};7`)
    expect(after('1', '0')).toBe(plainStyle)
  })
})
