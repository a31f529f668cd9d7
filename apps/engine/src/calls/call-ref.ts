type Named = { call_id: string; tool: string; title: string }

/** How every event about a call names it. */
export function callRef({ call_id, tool, title }: Named): Named {
  return { call_id, tool, title }
}
