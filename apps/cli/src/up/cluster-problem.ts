/** Why the tool server cannot reach its cluster; undefined when it can. Never rejects: it is a hint, and no part of a start. */
export async function readClusterProblem(mcpUrl: string): Promise<string | undefined> {
  try {
    const answer = await fetch(new URL('/health/ready', mcpUrl))
    const { checks } = (await answer.json()) as { checks: { kubernetes: string } }
    return checks.kubernetes === 'ok' ? undefined : checks.kubernetes
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
