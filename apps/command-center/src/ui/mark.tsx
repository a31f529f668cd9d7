/** A ring that holds a running line. */
export function Mark({ className = 'size-5.5' }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" aria-hidden="true" className={className}>
      <path d="M1 15.5C6 15.5 7 12 12 12s6-3.5 11-3.5" className="stroke-ink" strokeWidth="2" strokeLinecap="round" />
      <circle cx="12" cy="12" r="6.6" className="stroke-accent" strokeWidth="2.6" />
    </svg>
  )
}
