import { expect, it } from 'vitest'
import { publicAddress } from './public-address.ts'

it.each([
  ['http://tools.example:8000/mcp', 'http://tools.example:8000/mcp'],
  ['https://ann:hunter2@tools.example/mcp/', 'https://tools.example/mcp'],
  ['https://tools.example/mcp?key=hunter2#hunter2', 'https://tools.example/mcp'],
  ['https://tools.example', 'https://tools.example'],
])('%s is shown as %s', (url, shown) => expect(publicAddress(url)).toBe(shown))
