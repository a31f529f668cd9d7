import type { IntegrationRead } from '@fairlead/contract/endpoints/integrations'

type Provider = { name: string; description: string }

/** What can be set up here. */
export const providers: Readonly<Record<string, Provider>> = {
  jenkins: {
    name: 'Jenkins',
    description: 'Jobs, builds and their logs. The agent reads them, and proposes builds for your approval.',
  },
}

export function providerName(provider: string): string {
  return providers[provider]?.name ?? provider.slice(0, 1).toUpperCase() + provider.slice(1)
}

/** As people call it. */
export function titleOf({ name, provider }: Pick<IntegrationRead, 'name' | 'provider'>): string {
  return name?.trim() || providerName(provider)
}

export function addressOf({ metadata }: Pick<IntegrationRead, 'metadata'>): string {
  return typeof metadata?.api_url === 'string' ? metadata.api_url : ''
}
