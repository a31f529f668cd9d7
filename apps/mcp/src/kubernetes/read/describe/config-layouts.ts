import { fields, type Lines, section } from '../../../output/report.ts'
import type { Layout } from './layout.ts'

const longestValue = 200

type Data = Record<string, string>

export const configMapLayout: Layout = ({ data, binaryData, immutable }) => [
  ...fields([['Immutable', immutable]]),
  ...section('Data', entries(data as Data | undefined)),
  ...section(
    'Binary data',
    Object.entries((binaryData ?? {}) as Data).map(
      ([key, value]) => `${key}: ${Buffer.byteLength(value, 'base64')} bytes`,
    ),
  ),
]

function entries(data: Data = {}): Lines {
  return Object.entries(data).flatMap(([key, value]) => {
    const shown = value.length > longestValue ? `${value.slice(0, longestValue)}… (${value.length} characters)` : value
    const lines = shown.trimEnd().split('\n')
    return lines.length === 1 ? [`${key}: ${lines[0]}`] : [`${key}:`, ...lines.map((line) => `  ${line}`)]
  })
}

/** The values were replaced by their sizes before a layout saw them. */
export const secretLayout: Layout = ({ type, immutable, data }) => [
  ...fields([
    ['Type', type],
    ['Immutable', immutable],
  ]),
  ...section('Data', fields(Object.entries((data ?? {}) as Data))),
]
