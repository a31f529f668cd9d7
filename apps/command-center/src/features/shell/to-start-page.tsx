import { buttonLook } from '../../ui/button-look.ts'

/** A whole new page: what failed, or was never there, leaves nothing behind. */
export function ToStartPage() {
  return (
    <a href="/" className={buttonLook('primary', 'm')}>
      Go to the start page
    </a>
  )
}
