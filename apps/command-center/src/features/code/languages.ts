/** Languages that are coloured, by the names that fences give them. */
export const languages = {
  yaml: { label: 'YAML', names: ['yaml', 'yml'] },
  json: { label: 'JSON', names: ['json', 'jsonc', 'json5'] },
  bash: { label: 'Shell', names: ['bash', 'sh', 'shell', 'zsh', 'console', 'shellscript'] },
  go: { label: 'Go', names: ['go', 'golang'] },
  python: { label: 'Python', names: ['python', 'py'] },
  typescript: { label: 'TypeScript', names: ['ts', 'typescript', 'js', 'javascript'] },
  diff: { label: 'Diff', names: ['diff', 'patch'] },
  sql: { label: 'SQL', names: ['sql', 'psql', 'postgresql'] },
} as const

export type Language = keyof typeof languages

export function languageOf(name: string): Language | undefined {
  const wanted = name.toLowerCase()
  for (const [language, { names }] of Object.entries(languages)) {
    if ((names as readonly string[]).includes(wanted)) return language as Language
  }
  return undefined
}

export function languageLabel(name: string): string {
  const language = languageOf(name)
  if (language === undefined) return name === '' ? 'Text' : name.slice(0, 24)
  return /^(?:js|javascript)$/i.test(name) ? 'JavaScript' : languages[language].label
}
