import { ensureBuilt } from '@fairlead/command-center/build/ensure-built'

// Before the tests that open the page: none of them then waits for it while its own time runs.
await ensureBuilt({ say: console.error })
