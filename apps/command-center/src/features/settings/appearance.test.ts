import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { appearanceScript } from './appearance.ts'

function appearanceOf(stored: Record<string, string> | 'refused', isWide = true): Record<string, string> {
  const dataset: Record<string, string> = {}
  runInNewContext(appearanceScript, {
    document: { documentElement: { dataset } },
    matchMedia: () => ({ matches: isWide }),
    localStorage: {
      getItem: (key: string) => {
        if (stored === 'refused') throw new Error('SecurityError')
        return stored[key] ?? null
      },
    },
  })
  return dataset
}

describe('appearanceScript', () => {
  it('leaves the theme to the system unless one was chosen', () => {
    expect(appearanceOf({}).theme).toBeUndefined()
    expect(appearanceOf({ theme: '"system"' }).theme).toBeUndefined()
    expect(appearanceOf({ theme: '"dark"' }).theme).toBe('dark')
    expect(appearanceOf({ theme: '"light"' }).theme).toBe('light')
  })

  it('opens the sidebar by width unless somebody chose', () => {
    expect(appearanceOf({}, true).sidebar).toBe('panel')
    expect(appearanceOf({}, false).sidebar).toBe('rail')
    expect(appearanceOf({ 'sidebar-expanded': 'false' }, true).sidebar).toBe('rail')
    expect(appearanceOf({ 'sidebar-expanded': 'true' }, false).sidebar).toBe('panel')
  })

  it('survives what is not its own, and a browser that keeps nothing', () => {
    expect(appearanceOf({ theme: '{', 'sidebar-expanded': '7' }, true)).toEqual({ sidebar: 'panel' })
    expect(appearanceOf('refused', false)).toEqual({ sidebar: 'rail' })
  })
})
