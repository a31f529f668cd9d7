/** An amount such as `100m` or `1Gi`, exact: thousandths of thousandths as a whole number. */
const pattern = /^([+-]?)(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?$/
const nano = 1_000_000_000n
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const decimal: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }

export const quantityFault =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/** Billionths; undefined when the text is no quantity. */
export function quantityOf(text: string): bigint | undefined {
  const match = pattern.exec(text)
  if (!match) return undefined
  const [, sign = '', number = '0', suffix = ''] = match
  const [whole = '0', fraction = ''] = number.split('.')
  const digits = BigInt(`${whole}${fraction}` || '0')
  const power = binary.indexOf(suffix)
  const scaled =
    power > 0
      ? divided(digits * 1024n ** BigInt(power) * nano, 10n ** BigInt(fraction.length))
      : byPowerOfTen(digits, exponentOf(suffix) + 9 - fraction.length)
  return sign === '-' ? -scaled : scaled
}

/** The text that the API server writes for it; undefined when it is no quantity. */
export function canonicalQuantity(text: string): string | undefined {
  const amount = quantityOf(text)
  if (amount === undefined) return undefined
  const suffix = pattern.exec(text)?.[3] ?? ''
  if (/^[eE]/.test(suffix) && suffix.length > 1) return formatExponent(amount)
  return binary.indexOf(suffix) > 0 ? formatBinary(amount) : formatDecimal(amount)
}

/** Decimal form: the greatest suffix that leaves a whole number. */
export function formatDecimal(amount: bigint): string {
  if (amount === 0n) return '0'
  for (const [suffix, exponent] of Object.entries(decimal).toSorted(([, left], [, right]) => right - left)) {
    const unit = 10n ** BigInt(exponent + 9)
    if (amount % unit === 0n) return `${amount / unit}${suffix}`
  }
  return `${amount}n`
}

/** Binary form where the amount is at least 1024; smaller and broken ones are written decimally. */
export function formatBinary(amount: bigint): string {
  if (amount % nano !== 0n) return formatDecimal(amount)
  const whole = amount / nano
  if (whole > -1024n && whole < 1024n) return String(whole)
  let power = 0
  let rest = whole
  while (rest % 1024n === 0n && power < 6) {
    rest /= 1024n
    power++
  }
  return `${rest}${binary[power]}`
}

function formatExponent(amount: bigint): string {
  const plain = formatDecimal(amount)
  const [, number = '0', suffix = ''] = /^(-?\d+)(\D*)$/.exec(plain) ?? []
  const exponent = decimal[suffix] ?? 0
  return exponent === 0 ? number : `${number}e${exponent}`
}

function exponentOf(suffix: string): number {
  return /^[eE][+-]?\d/.test(suffix) ? Number(suffix.slice(1)) : (decimal[suffix] ?? 0)
}

function byPowerOfTen(digits: bigint, exponent: number): bigint {
  return exponent >= 0 ? digits * 10n ** BigInt(exponent) : divided(digits, 10n ** BigInt(-exponent))
}

/** Rounded up, as the API server does below its finest unit. */
function divided(amount: bigint, by: bigint): bigint {
  return amount % by === 0n ? amount / by : amount / by + 1n
}
