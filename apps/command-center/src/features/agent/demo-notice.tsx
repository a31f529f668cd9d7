/** What the demo model is, and how a real one is connected. */
export function DemoNotice() {
  return (
    <>
      <p className="font-medium">This is a guided demo</p>
      <p className="mt-1 text-ink-2">
        Fixed rules read your cluster and answer; no language model does. For a real one, start Fairlead with{' '}
        <Code>LLM_MODEL</Code>, such as <Code>anthropic/claude-sonnet-4-5</Code>, and with the provider's key, such as{' '}
        <Code>ANTHROPIC_API_KEY</Code>.
      </p>
    </>
  )
}

function Code({ children }: { children: string }) {
  return <code className="rounded-sm bg-sunken px-1 py-px font-mono text-xs wrap-anywhere text-ink">{children}</code>
}
