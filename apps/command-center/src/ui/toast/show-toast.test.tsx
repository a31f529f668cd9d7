import { toast as sonner } from 'sonner'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { showToast } from './show-toast.tsx'

/** From the newest, which stands on top. */
const texts = () =>
  sonner
    .getToasts()
    .map(({ id }) => String(id).split(' ').at(-1))
    .toReversed()

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', () => 0)
  vi.stubGlobal('cancelAnimationFrame', () => {})
})
afterEach(() => {
  sonner.dismiss()
  vi.unstubAllGlobals()
})

describe('showToast', () => {
  it('puts the newest on top and does not repeat what is still shown', () => {
    showToast({ tone: 'info', text: 'one' })
    showToast({ tone: 'error', text: 'two' })
    showToast({ tone: 'info', text: 'one' })
    expect(texts()).toEqual(['one', 'two'])
  })

  it('is closed by what it returns, and only it', () => {
    const close = showToast({ tone: 'info', text: 'one' })
    showToast({ tone: 'info', text: 'two' })
    close()
    close()
    expect(texts()).toEqual(['two'])
  })

  it('closes no toast that took its place', () => {
    const close = showToast({ tone: 'info', text: 'one' })
    showToast({ tone: 'info', text: 'one' })
    close()
    expect(texts()).toEqual(['one'])
  })

  it('keeps at most five', () => {
    for (const n of [1, 2, 3, 4, 5, 6]) showToast({ tone: 'info', text: String(n) })
    expect(texts()).toEqual(['6', '5', '4', '3', '2'])
  })
})
