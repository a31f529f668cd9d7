import type { ReactNode } from 'react'

export type MenuItem = {
  label: string
  onSelect: () => void
  icon?: ReactNode
  tone?: 'danger'
  /** Given where the item is one of a choice. */
  isChosen?: boolean
  /** A line sets it off from the items before. */
  startsGroup?: boolean
}
