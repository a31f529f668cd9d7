import { Option } from 'commander'
import { DEFAULT_SERVER } from './server-address.ts'

export function serverOption(env: NodeJS.ProcessEnv): Option {
  return new Option('--server <address>', 'where Fairlead is; FAIRLEAD_SERVER does the same').default(
    env.FAIRLEAD_SERVER || DEFAULT_SERVER,
  )
}
