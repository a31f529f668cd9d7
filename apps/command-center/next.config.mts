import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NextConfig } from 'next'
import { PHASE_PRODUCTION_SERVER } from 'next/constants.js'

const config: NextConfig = {
  poweredByHeader: false,
  // Both forms of a path answer directly: a redirect would be a second way in.
  skipTrailingSlashRedirect: true,
  // What is compressed is collected first, and a stream must arrive as it comes. Files are compressed by the build.
  compress: false,
  images: { unoptimized: true },
  transpilePackages: ['@fairlead/contract', '@fairlead/client'],
  // `tsc -p apps/command-center` checks the types; the compiler of this version has no API that a build could call.
  typescript: { ignoreBuildErrors: true },
}

/** A page is served from a build that was kept: the next one is made beside it (`src/build/built-page.ts`). */
function keptBuild(): string {
  const builds = '.next/cache/builds'
  return join(builds, readFileSync(join(import.meta.dirname, builds, 'current'), 'utf8'))
}

export default (phase: string): NextConfig =>
  phase === PHASE_PRODUCTION_SERVER ? { ...config, distDir: keptBuild() } : config
