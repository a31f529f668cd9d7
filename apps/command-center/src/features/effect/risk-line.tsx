import type { Basis, Risk } from '@fairlead/contract/effect/effect'
import { basisWords } from '@fairlead/contract/effect/effect-words'
import { ShieldAlert, ShieldCheck, TriangleAlert } from 'lucide-react'
import { cx } from '../../ui/cx.ts'
import { Disclosure } from '../../ui/disclosure.tsx'
import { VisibleText } from '../values/visible-text.tsx'

const risks = {
  low: { text: 'Low risk', className: 'text-ink-2', icon: ShieldCheck },
  medium: { text: 'Medium risk', className: 'text-ask', icon: ShieldAlert },
  high: { text: 'High risk', className: 'text-loss', icon: TriangleAlert },
} satisfies Record<Risk, unknown>

export function RiskWord({ risk }: { risk: Risk | undefined }) {
  if (risk === undefined) return <span className="text-ask">Risk not told</span>
  const { text, className, icon: Icon } = risks[risk]
  return (
    <span className={cx('inline-flex items-center gap-1 font-medium whitespace-nowrap', className)}>
      <Icon aria-hidden="true" className="size-3.5" />
      {text}
    </span>
  )
}

/** Open where the risk is more than low. */
export function RiskReasons({ risk, reasons }: { risk: Risk | undefined; reasons: readonly string[] }) {
  if (reasons.length === 0) return null
  const list = (
    <ul className="list-disc pl-4.5 text-sm text-ink-2 marker:text-ink-3">
      {reasons.map((reason) => (
        <li key={reason} className="wrap-anywhere">
          <VisibleText text={reason} />
        </li>
      ))}
    </ul>
  )
  if (risk !== 'low') return list
  return (
    <Disclosure summary={reasons.length === 1 ? '1 reason for the risk' : `${reasons.length} reasons for the risk`}>
      <div className="pl-5">{list}</div>
    </Disclosure>
  )
}

/** What the effect rests on: quiet when the API server tried it out, a warning that cannot be folded otherwise. */
export function BasisWord({ basis }: { basis: Basis | undefined }) {
  return basis === 'server' ? <span>{basisWords.server}</span> : null
}

export function BasisWarning({ basis }: { basis: Basis | undefined }) {
  if (basis === 'server') return null
  return (
    <Warning>
      {basis === undefined ? 'The server does not say what this effect is based on.' : `${basisWords[basis]}.`}
    </Warning>
  )
}

export function Warning({ children }: { children: React.ReactNode }) {
  return (
    <div className="flex items-start gap-2 rounded-md border border-ask-line bg-ask-soft px-3 py-1.5 text-sm text-ink">
      <TriangleAlert aria-hidden="true" className="mt-0.75 size-3.5 shrink-0 text-ask" />
      <div className="min-w-0 flex-1 wrap-anywhere">{children}</div>
    </div>
  )
}
