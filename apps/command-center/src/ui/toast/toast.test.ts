import { afterEach, describe, expect, it } from 'vitest'
import { closeToast, toast, toasts } from './toast.ts'

const texts = () => toasts.get().map((it) => it.text)

afterEach(() => toasts.set([]))

describe('toast', () => {
  it('puts the newest on top and does not repeat what is still shown', () => {
    toast({ tone: 'info', text: 'one' })
    toast({ tone: 'error', text: 'two' })
    toast({ tone: 'info', text: 'one' })
    expect(texts()).toEqual(['one', 'two'])
  })

  it('is closed by what it returns, and only it', () => {
    const close = toast({ tone: 'info', text: 'one' })
    toast({ tone: 'info', text: 'two' })
    close()
    close()
    expect(texts()).toEqual(['two'])
    closeToast(-1)
    expect(texts()).toEqual(['two'])
  })

  it('keeps at most five', () => {
    for (const n of [1, 2, 3, 4, 5, 6]) toast({ tone: 'info', text: String(n) })
    expect(texts()).toEqual(['6', '5', '4', '3', '2'])
  })
})
