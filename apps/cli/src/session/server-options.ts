import { Option } from 'commander'

/** Where Fairlead is; without either the one that runs here is found. */
export function serverOptions(): [server: Option, state: Option] {
  return [
    new Option('--server <address>', 'where Fairlead is; FAIRLEAD_SERVER does the same'),
    new Option('--state <folder>', 'the state folder of the Fairlead that runs here; else the nearest .fairlead'),
  ]
}
