import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { applySgr } from './apply-sgr.ts'
import { contrast } from './contrast.ts'
import { drawnStyle, lightestGround } from './terminal-palette.ts'
import { plainStyle } from './text-style.ts'

const tokens = readFileSync(new URL('../../app/globals.css', import.meta.url), 'utf8')
const own = readFileSync(new URL('../terminal/terminal.css', import.meta.url), 'utf8')
/** Of both themes, where they differ. */
function valuesOf(css: string, name: string): string[] {
  const value = new RegExp(`--${name}:([^;]+);`).exec(css)?.[1] ?? ''
  return value.match(/#[0-9a-f]{6}/g) ?? []
}
const grounds = [...valuesOf(tokens, 'terminal'), ...valuesOf(own, 'stderr-ground')]
const inks = [...valuesOf(tokens, 'terminal-ink'), ...valuesOf(own, 'quiet-ink'), ...valuesOf(own, 'stderr-mark')]

describe('the terminal in both themes', () => {
  it('has its own inks readable on every ground', () => {
    expect(grounds.length).toBeGreaterThanOrEqual(3)
    for (const ground of grounds) for (const ink of inks) expect(contrast(ink, ground)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(valuesOf(own, 'mark-ink')[0] ?? '', valuesOf(own, 'mark-ground')[0] ?? '')).toBeGreaterThanOrEqual(
      4.5,
    )
    for (const ink of inks) {
      expect(contrast(ink, valuesOf(own, 'selected-ground')[0] ?? '')).toBeGreaterThanOrEqual(4.5)
    }
  })

  it('holds inks against the lightest of them', () => {
    for (const ground of grounds)
      expect(contrast('#ffffff', ground)).toBeGreaterThanOrEqual(contrast('#ffffff', lightestGround))
  })

  it('makes every colour readable, whatever a program asks for', () => {
    const colours = [...Array(256).keys()].map((index) => `5;${index}`)
    const faint = new Set<string>()
    const exact = ['0;0;0', '255;255;255', '128;128;128', '0;0;255', '255;0;0', '18;32;31'].map((it) => `2;${it}`)
    for (const ink of ['', ...colours, ...exact].map((it) => (it === '' ? '' : `38;${it}`))) {
      for (const ground of ['', '41', '47', '40', '104', '48;5;244', '48;2;18;32;31']) {
        for (const flag of ['', '2', '7', '2;7']) {
          const codes = [flag, ink, ground].filter((it) => it !== '').join(';')
          const { color, backgroundColor } = drawnStyle(codes === '' ? plainStyle : applySgr(plainStyle, codes))
          const under = backgroundColor === undefined ? grounds : [backgroundColor]
          for (const it of under) if (contrast(color ?? inks[0] ?? '', it) < 4.5) faint.add(codes)
        }
      }
    }
    expect(faint).toEqual(new Set())
  })
})
