/**
 * `value` with `digits` decimals, ties to even, as Python prints it: 0.125 → `0.12`, where `toFixed` says `0.13`.
 * A double lies exactly half-way only if value·2^(digits+1) is an odd integer, since 10^digits holds 2^digits.
 */
export const fixedPoint = (value: number, digits: number): string => {
  const scaled = Math.abs(value) * 2 ** (digits + 1)
  if (!Number.isInteger(scaled) || scaled % 2 === 0) return value.toFixed(digits)
  const below = Math.floor(Math.abs(value) * 10 ** digits)
  const even = below % 2 === 0 ? below : below + 1
  return `${value < 0 ? '-' : ''}${(even / 10 ** digits).toFixed(digits)}`
}
