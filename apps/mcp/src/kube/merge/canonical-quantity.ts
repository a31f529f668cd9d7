const pattern = /^([+-]?)(\d{1,30}\.?\d{0,30}|\.\d{1,30})(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d{1,2})?$/
const nano = 1_000_000_000n
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const decimal: [suffix: string, exponent: number][] = [
  ['E', 18],
  ['P', 15],
  ['T', 12],
  ['G', 9],
  ['M', 6],
  ['k', 3],
  ['', 0],
  ['m', -3],
  ['u', -6],
  ['n', -9],
]

/** A quantity as the API server writes it (`1000m` is `1`, `1024Mi` is `1Gi`); the text itself where it is none. */
export function canonicalQuantity(text: string): string {
  const [, sign = '', number = '', suffix = ''] = pattern.exec(text) ?? []
  if (number === '') return text
  const [whole = '', fraction = ''] = number.split('.')
  const digits = BigInt(`${whole}${fraction}`)
  const power = binary.indexOf(suffix)
  const billionths =
    power > 0
      ? divided(digits * 1024n ** BigInt(power) * nano, 10n ** BigInt(fraction.length))
      : byPowerOfTen(digits, exponentOf(suffix) + 9 - fraction.length)
  const amount = sign === '-' ? -billionths : billionths
  if (isExponent(suffix)) return withExponent(amount)
  return power > 0 ? withBinarySuffix(amount) : withDecimalSuffix(amount)
}

/** `E` alone is a suffix. */
function isExponent(suffix: string): boolean {
  return /^[eE]./.test(suffix)
}

function exponentOf(suffix: string): number {
  if (isExponent(suffix)) return Number(suffix.slice(1))
  return decimal.find(([each]) => each === suffix)?.[1] ?? 0
}

/** The greatest suffix that leaves a whole number. */
function decimalParts(amount: bigint): [number: bigint, suffix: string, exponent: number] {
  for (const [suffix, exponent] of amount === 0n ? [] : decimal) {
    const unit = 10n ** BigInt(exponent + 9)
    if (amount % unit === 0n) return [amount / unit, suffix, exponent]
  }
  return [amount, '', 0]
}

function withDecimalSuffix(amount: bigint): string {
  const [number, suffix] = decimalParts(amount)
  return `${number}${suffix}`
}

function withExponent(amount: bigint): string {
  const [number, , exponent] = decimalParts(amount)
  return exponent === 0 ? String(number) : `${number}e${exponent}`
}

/** What is less than 1024 or broken is written decimally. */
function withBinarySuffix(amount: bigint): string {
  if (amount % nano !== 0n) return withDecimalSuffix(amount)
  let rest = amount / nano
  if (rest > -1024n && rest < 1024n) return String(rest)
  let power = 0
  for (; rest % 1024n === 0n && power < binary.length - 1; power++) rest /= 1024n
  return `${rest}${binary[power]}`
}

function byPowerOfTen(digits: bigint, exponent: number): bigint {
  return exponent >= 0 ? digits * 10n ** BigInt(exponent) : divided(digits, 10n ** BigInt(-exponent))
}

/** Rounded up, as the API server does below its finest unit. */
function divided(amount: bigint, by: bigint): bigint {
  return amount % by === 0n ? amount / by : amount / by + 1n
}
