/** Workspace packages by folder: which of ours the production code of each may import. */
export const packageRules: Record<string, { name: string; mayImport: readonly string[] }> = {
  'packages/contract': { name: '@fairlead/contract', mayImport: [] },
  'packages/client': { name: '@fairlead/client', mayImport: ['@fairlead/contract'] },
  'packages/agent': { name: '@fairlead/agent', mayImport: ['@fairlead/contract'] },
  'packages/service-kit': { name: '@fairlead/service-kit', mayImport: [] },
  'packages/testing': {
    name: '@fairlead/testing',
    mayImport: ['@fairlead/contract', '@fairlead/agent', '@fairlead/service-kit'],
  },
  'packages/sandbox': {
    name: '@fairlead/sandbox',
    mayImport: ['@fairlead/contract', '@fairlead/service-kit'],
  },
  'packages/demo-model': {
    name: '@fairlead/demo-model',
    mayImport: ['@fairlead/contract', '@fairlead/agent'],
  },
  'apps/engine': {
    name: '@fairlead/engine',
    mayImport: ['@fairlead/contract', '@fairlead/agent', '@fairlead/service-kit'],
  },
  'apps/mcp': { name: '@fairlead/mcp', mayImport: ['@fairlead/contract', '@fairlead/service-kit'] },
  'apps/cli': {
    name: '@fairlead/cli',
    mayImport: [
      '@fairlead/contract',
      '@fairlead/client',
      '@fairlead/service-kit',
      '@fairlead/engine',
      '@fairlead/mcp',
      '@fairlead/sandbox',
      '@fairlead/demo-model',
      '@fairlead/command-center',
    ],
  },
  'apps/command-center': {
    name: '@fairlead/command-center',
    mayImport: ['@fairlead/contract', '@fairlead/client', '@fairlead/service-kit'],
  },
  bench: {
    name: '@fairlead/bench',
    mayImport: [
      '@fairlead/contract',
      '@fairlead/agent',
      '@fairlead/testing',
      '@fairlead/service-kit',
      '@fairlead/engine',
      '@fairlead/mcp',
    ],
  },
  'tests/wire': {
    name: '@fairlead/wire',
    mayImport: [
      '@fairlead/contract',
      '@fairlead/agent',
      '@fairlead/testing',
      '@fairlead/service-kit',
      '@fairlead/engine',
      '@fairlead/gate-tests',
    ],
  },
  'tests/browser': {
    name: '@fairlead/browser-tests',
    mayImport: [
      '@fairlead/contract',
      '@fairlead/agent',
      '@fairlead/testing',
      '@fairlead/e2e',
      '@fairlead/gate-tests',
      '@fairlead/command-center',
    ],
  },
  'tests/conformance': {
    name: '@fairlead/conformance',
    mayImport: ['@fairlead/testing', '@fairlead/service-kit', '@fairlead/engine', '@fairlead/mcp'],
  },
  'tests/gate': {
    name: '@fairlead/gate-tests',
    mayImport: ['@fairlead/contract', '@fairlead/testing', '@fairlead/service-kit', '@fairlead/engine'],
  },
  'tests/mutants': { name: '@fairlead/mutant-tests', mayImport: ['@fairlead/testing'] },
  'tests/demo': {
    name: '@fairlead/demo-tests',
    mayImport: ['@fairlead/agent', '@fairlead/testing', '@fairlead/sandbox', '@fairlead/demo-model', '@fairlead/mcp'],
  },
  'tests/e2e': {
    name: '@fairlead/e2e',
    mayImport: [
      '@fairlead/contract',
      '@fairlead/agent',
      '@fairlead/testing',
      '@fairlead/gate-tests',
      '@fairlead/command-center',
    ],
  },
}

export type Layers = {
  /**
   * From the top down. An entry is a folder or a file (without its extension) below `src/`; a file belongs to the longest
   * entry that holds it. `*` holds every other file directly under `src/`.
   */
  levels: readonly (readonly string[])[]
  /** What to do in place of an import that is refused. */
  advice: string
}

/** The layers of each package that has them. A layer imports lower ones only, never its neighbours on the same line. */
export const layers: Readonly<Record<string, Layers>> = {
  'apps/engine': {
    levels: [
      ['*'],
      ['runs'],
      ['calls'],
      // Reserved, not there yet: team, analytics; policies.
      ['conversations', 'approvals', 'integrations', 'mcp-servers', 'team', 'audit', 'analytics', 'feed'],
      ['policies', 'grants', 'event-log', 'model', 'mcp-client', 'auth'],
      ['http', 'db'],
      ['config'],
    ],
    advice: 'hand the function down from main',
  },
  'apps/mcp': {
    levels: [
      ['main'],
      ['composition'],
      ['config'],
      ['families'],
      ['transport'],
      ['call'],
      // Reserved, not there yet: helm, argo, jenkins; helm-cli, jenkins-http.
      ['kubernetes', 'helm', 'argo', 'jenkins'],
      ['gate'],
      // Target systems: each fulfils the port in target/.
      ['helm-cli', 'jenkins-http'],
      ['kube'],
      // Shapes.
      ['tool'],
      ['target'],
      ['effect'],
      ['output'],
      ['input'],
      ['tool/interrupted'],
      ['tool/config-error', 'tool/time-limit', 'tool/tool-error', 'tool/version'],
    ],
    advice: 'hand it in, or move what both need below both',
  },
  'apps/command-center': {
    levels: [
      // What the framework and the command start.
      ['main', 'proxy', 'instrumentation', 'app'],
      // What stays on the web app's server has a rule of its own.
      ['bff', 'build', 'config'],
      ['features/chat', 'features/inbox', 'features/home', 'features/integrations', 'features/sign-in'],
      ['features/message', 'features/shell'],
      ['features/sidebar'],
      ['features/history', 'features/call', 'features/strip', 'features/prose', 'features/composer', 'features/agent'],
      ['features/decision', 'features/code', 'features/shortcuts'],
      ['features/effect'],
      ['features/changes'],
      ['features/values'],
      ['features/output'],
      ['features/terminal'],
      ['features/terminal-text'],
      ['features/conversation', 'features/feed', 'features/session', 'features/settings'],
      ['*'],
      ['browser', 'ui'],
    ],
    advice: 'hand it in as a property',
  },
  'packages/demo-model': {
    levels: [
      ['*'],
      ['delivery'],
      ['changes', 'reads'],
      ['diagnosis'],
      ['requests'],
      ['causes'],
      ['evidence'],
      ['cluster'],
      ['understanding'],
      ['commands'],
      ['lexicon', 'plan'],
    ],
    advice: 'move what both need below both',
  },
  'packages/sandbox': {
    levels: [
      ['*'],
      ['controllers/start-controllers', 'faults'],
      ['controllers/kubelet', 'controllers/workloads'],
      ['controllers/cluster'],
      ['controllers/runtime'],
      ['api/http'],
      ['api/access', 'api/discovery', 'api/table'],
      ['api/objects'],
      ['api/admission'],
      ['api/kinds'],
      ['api/store'],
      ['api/schema'],
      ['api/values'],
      ['images', 'clock'],
    ],
    advice: 'hand the function down, or move what both need below both',
  },
}

/** Layers of the page that stay on its server (`bff/`): none of them may reach a browser, and none draws anything. */
export const pageServerLayers: readonly string[] = ['bff', 'build', 'config']

/** What carries no schema: the validators are too large for a browser to load. `packages/client` carries none at all. */
export const schemaFree =
  /^@fairlead\/(?:client\/.+|contract\/(?:client\/[\w-]+|call\/(?:kind-words|read-title|reads-line)|effect\/(?!effect$)[\w-]+|json\/(?:is-record|json-pointer|same-value)|may|visible-text))$/

/** The agent does no I/O: what it needs from outside is handed in. */
export const outsideOfAgent = /^node:(fs|http|https|http2|net|tls|dns|dgram|child_process|worker_threads|process)(\/|$)/
