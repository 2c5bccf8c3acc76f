import { define, flag, type ScalarFunction, type ValueType } from './scalarFunction.js'

const two = ['a', 'b']

const integers = (count: number) => ({
  arguments: Array.from({ length: count }, (): ValueType => 'Integer'),
  returns: 'Integer' as const,
})

/** Functions of indices. Devices round some quotients of floats wrongly: whole numbers correct them. */
export const ofIntegers: readonly ScalarFunction[] = [
  define('roughly', two, 'return (a / b) | 0;', integers(2)),
  define('refined', ['a', 'b', 'q'], 'return q + roughly(a - q * b, b);', integers(3)),
  define(
    'settled',
    ['r', 'b', 'q'],
    'if (r < 0) { return q - 1; } if (r >= b) { return q + 1; } return q;',
    integers(3),
  ),
  define('corrected', ['a', 'b', 'q'], 'return settled(a - q * b, b, q);', integers(3)),
  define('idiv', two, 'return corrected(a, b, refined(a, b, roughly(a, b)));', integers(2)),
  define('imod', two, 'return a - idiv(a, b) * b;', integers(2)),
  define('inside', ['a', 'size'], flag('a >= 0 && a < size'), { arguments: ['Integer', 'Integer'] }),
  define(
    'clampIndex',
    ['a', 'size'],
    'if (!(a > 0)) { return 0; } if (a < size) { return a | 0; } return size - 1;',
    {
      arguments: ['Number', 'Integer'],
      returns: 'Integer',
    },
  ),
  // of numbers that are whole and below 2²⁴; towards zero
  define(
    'wholeDiv',
    two,
    `if (b === 0) { return -1; }
     const q = idiv(Math.abs(a), Math.abs(b));
     if (a < 0 && b > 0) { return -q; } if (a > 0 && b < 0) { return -q; }
     return q;`,
  ),
  define('wholeRem', two, 'if (b === 0) { return a; } return a - b * wholeDiv(a, b);'),
]
