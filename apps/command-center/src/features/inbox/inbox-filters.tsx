'use client'

import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { useMemo } from 'react'
import { Button } from '../../ui/button.tsx'
import { Disclosure } from '../../ui/disclosure.tsx'
import { Select } from '../../ui/select.tsx'
import { choicesOf, filterNames, type InboxQuery, type Order } from './inbox-query.ts'

type InboxFiltersProps = { items: readonly ApprovalItem[]; query: InboxQuery; onAsk: (query: InboxQuery) => void }

const orderOptions: readonly { value: Order; label: string }[] = [
  { value: 'expiry', label: 'Expires first' },
  { value: 'newest', label: 'Newest first' },
  { value: 'risk', label: 'Highest risk first' },
]
const whoseOptions: readonly { value: InboxQuery['whose']; label: string }[] = [
  { value: '', label: 'Everybody’s calls' },
  { value: 'mine', label: 'My calls' },
  { value: 'others', label: 'Others’ calls' },
]
const riskOptions: readonly { value: InboxQuery['risk']; label: string }[] = [
  { value: '', label: 'Any risk' },
  { value: 'high', label: 'High risk' },
  { value: 'medium', label: 'Medium risk' },
  { value: 'low', label: 'Low risk' },
]
const labels = { requester: 'Requester', cluster: 'Cluster', namespace: 'Namespace', tool: 'Tool' } as const
const named = ['requester', 'cluster', 'namespace', 'tool'] as const

/** Order and filters of the list; they act on all that waits. */
export function InboxFilters({ items, query, onAsk }: InboxFiltersProps) {
  const choices = useMemo(() => choicesOf(items), [items])
  const active = filterNames.filter((name) => query[name] !== '')
  const clear = () => onAsk({ ...query, whose: '', risk: '', requester: '', cluster: '', namespace: '', tool: '' })
  return (
    <div className="flex flex-col gap-1.5 border-b border-line px-3 py-2">
      <Select
        label="Order"
        hasHiddenLabel
        value={query.order}
        options={orderOptions}
        onChange={(order) => onAsk({ ...query, order })}
      />
      <Disclosure summary={active.length === 0 ? 'Filters' : `Filters (${active.length} set)`}>
        <div className="grid grid-cols-2 gap-2 pt-1.5">
          <Select
            label="Whose"
            value={query.whose}
            options={whoseOptions}
            onChange={(whose) => onAsk({ ...query, whose })}
          />
          <Select
            label="Risk"
            value={query.risk}
            options={riskOptions}
            onChange={(risk) => onAsk({ ...query, risk })}
          />
          {named.map((name) => (
            <Select
              key={name}
              label={labels[name]}
              value={query[name]}
              options={optionsOf(choices[name], query[name])}
              onChange={(value) => onAsk({ ...query, [name]: value })}
            />
          ))}
        </div>
      </Disclosure>
      {active.length > 0 && (
        <Button size="s" variant="quiet" className="self-start" onClick={clear}>
          Clear filters
        </Button>
      )}
    </div>
  )
}

/** A value that nothing has any more is still what the list is narrowed to. */
function optionsOf(values: readonly string[], chosen: string): { value: string; label: string }[] {
  const all = chosen === '' || values.includes(chosen) ? values : [...values, chosen]
  return [{ value: '', label: 'Any' }, ...all.map((value) => ({ value, label: value }))]
}
