import type { PageLife } from './page-life.ts'

export const browserPage: PageLife = {
  isHidden: () => document.visibilityState === 'hidden',
  onHidden: (listener) => onVisibility('hidden', listener),
  onShown: (listener) => onVisibility('visible', listener),
  onOnline: (listener) => {
    addEventListener('online', listener)
    return () => removeEventListener('online', listener)
  },
}

function onVisibility(state: DocumentVisibilityState, listener: () => void): () => void {
  const changed = () => {
    if (document.visibilityState === state) listener()
  }
  document.addEventListener('visibilitychange', changed)
  return () => document.removeEventListener('visibilitychange', changed)
}
