import type { KubeObject } from '../kube-object.ts'
import type { Fact } from './fact.ts'
import { type Container, podsOf } from './pods.ts'

const lines = [
  ['command', 'no command any more: its image says what runs'],
  ['args', 'no args any more'],
] as const

/** What a container was started with and is not any more, so that something else runs. */
export function droppedFacts(before: KubeObject | undefined, after: KubeObject | undefined): Fact[] {
  if (before === undefined || after === undefined) return []
  const former = new Map(containersOf(before).map((container) => [container.of, container]))
  return containersOf(after).flatMap((container) =>
    lines
      .filter(([key]) => hasWords(former.get(container.of), key) && !hasWords(container, key))
      .map(([, fact]): Fact => ({ group: 'what runs', path: container.path, of: container.of, fact })),
  )
}

function containersOf(object: KubeObject): Container[] {
  return podsOf(object).flatMap(({ containers }) => containers)
}

function hasWords(container: Container | undefined, key: string): boolean {
  const words = container?.value[key]
  return Array.isArray(words) && words.length > 0
}
