import { buttonClasses } from '../../ui/button-classes.ts'

/** A whole new page: what failed, or was never there, leaves nothing behind. */
export function ToStartPage() {
  return (
    <a href="/" className={buttonClasses('primary', 'm')}>
      Go to the start page
    </a>
  )
}
