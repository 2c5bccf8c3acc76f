import type { DeviceOp } from '../natives.js'
import { ofIntegers } from './indexFunctions.js'
import { define, flag, type ScalarFunction } from './scalarFunction.js'

const [one, two] = [['a'], ['a', 'b']]
// `a !== a` is false for NaN on some devices
const isNaN = (x: string) => `!(${x} < 0 || ${x} >= 0)`
const isOdd = (x: string) => `${x} - 2 * Math.floor(${x} * 0.5) === 1`

/** Brings m, at first any positive number, to √½ … √2 by powers of two, which are counted in k. */
const mantissa = [
  ...[64, 32, 16, 8, 4, 2, 1].map((n) => `if (m >= ${2 ** n}) { m = m * ${2 ** -n}; k = k + ${n}; }`),
  ...[64, 64, 32, 16, 8, 4, 2, 1].map((n) => `if (m < ${2 ** -n}) { m = m * ${2 ** n}; k = k - ${n}; }`),
  'if (m > 1.41421356) { m = m * 0.5; k = k + 1; }',
  'if (m < 0.70710678) { m = m * 2; k = k - 1; }',
].join('\n')

type Operator = (a: string, b: string) => string

/** Operations that are written as operators, or functions of the language's own. */
const operators = {
  add: (a, b) => `${a} + ${b}`,
  sub: (a, b) => `${a} - ${b}`,
  mul: (a, b) => `${a} * ${b}`,
  div: (a, b) => `${a} / ${b}`,
  neg: (a) => `-${a}`,
  abs: (a) => `Math.abs(${a})`,
  floor: (a) => `Math.floor(${a})`,
  ceil: (a) => `Math.ceil(${a})`,
  sqrt: (a) => `Math.sqrt(${a})`,
  rsqrt: (a) => `1 / Math.sqrt(${a})`,
  and: (a, b) => `${a} * ${b}`,
  or: (a, b) => `Math.max(${a}, ${b})`,
  xor: (a, b) => `Math.abs(${a} - ${b})`,
} satisfies { readonly [F in DeviceOp]?: Operator }

/** Arguments and body of a function. */
type Text = { readonly args: readonly string[]; readonly body: string }

const text = (args: readonly string[], body: string): Text => ({ args, body })

/**
 * Functions of floats, and of integers and bools that are held as floats: every scalar function that devices compute, but for operators,
 * and helpers that they share. Polynomials where the device's own functions lose accuracy.
 */
const texts = {
  sign: text(one, 'if (a > 0) { return 1; } if (a < 0) { return -1; } return a;'),
  round: text(
    one,
    `if (!(Math.abs(a) < 8388608)) { return a; }
     const f = Math.floor(a); const d = a - f; let r = f;
     if (d > 0.5) { r = f + 1; }
     if (d === 0.5) { if (${isOdd('f')}) { r = f + 1; } }
     if (r === 0 && a < 0) { return -Math.abs(r); }
     return r;`,
  ),
  // 2ᵏ for whole k within ±127
  twoTo: text(
    ['k'],
    `let p = 1; let n = Math.abs(k); let step = 2;
     if (k < 0) { step = 0.5; }
     for (let i = 0; i < 7; i++) { if (${isOdd('n')}) { p = p * step; } n = Math.floor(n * 0.5); step = step * step; }
     return p;`,
  ),
  // exp(r)·2ᵏ for |r| ≤ ½·log 2 and k from −200 to 128
  scaledExp: text(
    ['r', 'k'],
    `const p = 1 + r*(1 + r*(0.5 + r*(1.6666666e-1 + r*(4.1666482e-2 + r*(8.3334519e-3 + r*1.3932e-3)))));
     const half = Math.floor(k * 0.5);
     return p * twoTo(half) * twoTo(k - half);`,
  ),
  // the devices' own multiplies a by log₂e, whose rounding error counts, or gives infinity for NaN
  exp: text(
    one,
    `if (${isNaN('a')}) { return a; }
     if (a < -104) { return 0; }
     if (a > 89) { return a * 1e38; }
     const k = Math.floor(a * 1.44269504 + 0.5);
     return scaledExp((a - k * 0.693359375) + k * 2.12194440e-4, k);`,
  ),
  expm1: text(
    one,
    `if (a === 0) { return a; }
     if (Math.abs(a) < 0.35) {
       let t = 1/362880; t = t*a + 1/40320; t = t*a + 1/5040; t = t*a + 1/720; t = t*a + 1/120;
       t = t*a + 1/24; t = t*a + 1/6; t = t*a + 0.5; return a + t * a * a;
     }
     return exp(a) - 1;`,
  ),
  log: text(
    one,
    `if (a < 0) { return (a - a) / (a - a); }
     if (a === 0) { return -1 / Math.abs(a); }
     if (!(a <= 3.4028235e38)) { return a; }
     let m = a * 1; let k = 0;
     ${mantissa}
     const s = (m - 1) / (m + 1); const q = s * s;
     const r = 2 * s * q * (1/3 + q*(1/5 + q*(1/7 + q*(1/9 + q*(1/11 + q/13)))));
     return k * 0.693359375 + (2 * s + (r + k * -2.12194440e-4));`,
  ),
  log1p: text(
    one,
    `if (Math.abs(a) < 1e-8) { return a; }
     if (Math.abs(a) <= 0.25) {
       const s = a / (2 + a); const q = s * s;
       return 2 * s * (1 + q*(1/3 + q*(1/5 + q*(1/7 + q*(1/9 + q/11)))));
     }
     return log(1 + a);`,
  ),
  // the power of two that is nearest, for a > 0
  exponent: text(one, `let m = a * 1; let k = 0;\n${mantissa}\nreturn k;`),
  // a to the power b, for a > 0 and finite. Numbers are cut to so few digits that their products are exact: devices'
  // compilers take x + y − x for y, which leaves no other way to a rounding error
  positivePow: text(
    two,
    `if (Math.abs(b) < 1e-30) { return 1; }
     let m = a * 1; let k = 0;
     ${mantissa}
     // log a = k·log 2 + 2·atanh s, s = (m − 1)/(m + 1) + sl
     const s = (m - 1) / (m + 1); const q = s * s;
     const sh = Math.floor(s * 1024) / 1024; const mh = Math.floor(m * 4096) / 4096;
     const sl = ((((m - 1) - sh * (mh + 1)) - (s - sh) * (mh + 1)) - s * (m - mh)) / (m + 1);
     const cut = Math.floor(s * 8192) / 4096;
     const high = k * 0.693359375 + cut;
     const low = (2 * s - cut) + 2 * sl + k * -2.12194440e-4
       + 2 * s * q * (1/3 + q*(1/5 + q*(1/7 + q*(1/9 + q*(1/11 + q/13)))));
     const e = b * (high + low);
     if (e >= 89) { return e * 1e38; }
     if (e < -104) { return 0; }
     const unit = twoTo(exponent(Math.abs(b))) / 32;
     const b1 = Math.floor(b / unit) * unit; const rest = b - b1;
     const b2 = Math.floor(rest / unit * 32) / 32 * unit;
     const n = Math.floor(e * 1.44269504 + 0.5);
     const r = (((b1 * high - n * 0.693359375) + b2 * high) + (rest - b2) * high) + (b * low + n * 2.12194440e-4);
     return scaledExp(r, n);`,
  ),
  cbrt: text(
    one,
    `if (a === 0 || !(Math.abs(a) <= 3.4028235e38)) { return a; }
     let m = Math.abs(a); let k = 0;
     ${mantissa}
     // k = 3·t + u, with u from −1 to 1
     const t = Math.floor(k / 3 + 0.5); const u = k - 3 * t;
     if (u > 0.5) { m = m * 2; }
     if (u < -0.5) { m = m * 0.5; }
     let y = 0.35 + 0.65 * m; if (m > 1.2) { y = 0.65 + 0.35 * m; }
     for (let i = 0; i < 5; i++) { y = y - (y - m / (y * y)) / 3; }
     let scale = Math.abs(t); let power = 2;
     if (t < 0) { power = 0.5; }
     for (let i = 0; i < 6; i++) {
       if (${isOdd('scale')}) { y = y * power; }
       scale = Math.floor(scale * 0.5); power = power * power;
     }
     if (a < 0) { return -y; }
     return y;`,
  ),
  turned: text(
    ['a', 'quarter'],
    // sin(a + quarter·π/2), reduced by multiples k of π/2; k in two parts and π/2 in four, so that products are exact
    `if (!(Math.abs(a) <= 16777218)) { return (a - a) / (a - a); }
     if (a === 0 && quarter === 0) { return a; }
     const k = Math.floor(a * 0.63661977237 + 0.5);
     const kh = Math.floor(k / 4096 + 0.5) * 4096; const kl = k - kh;
     const r1 = (a - kh * 1.5703125) - kl * 1.5703125;
     const r2 = (r1 - kh * 4.8351287841796875e-4) - kl * 4.8351287841796875e-4;
     const r3 = (r2 - kh * 3.1385570764541626e-7) - kl * 3.1385570764541626e-7;
     const r = r3 - k * 6.0771005065061922e-11;
     const turns = k + quarter; const turn = turns - 4 * Math.floor(turns * 0.25);
     const q = r * r; let v = 1 - 0.5 * q + q * q * (4.166664568298827e-2 + q * (-1.388731625493765e-3 + q * 2.443315711809948e-5));
     if (turn === 0 || turn === 2) { v = r + r * q * (-1.6666654611e-1 + q * (8.3321608736e-3 + q * -1.9515295891e-4)); }
     if (turn >= 2) { return -v; }
     return v;`,
  ),
  sin: text(one, 'return turned(a, 0);'),
  cos: text(one, 'return turned(a, 1);'),
  tan: text(one, 'return turned(a, 0) / turned(a, 1);'),
  atanBelowOne: text(
    ['z'],
    // reduced about tan(π/8)
    `let base = 0; let x = z * 1;
     if (z > 0.41421356) { base = 0.78539816339; x = (z - 1) / (z + 1); }
     const q = x * x;
     const r = ((((8.05374449538e-2 * q - 1.38776856032e-1) * q + 1.99777106478e-1) * q - 3.33329491539e-1) * q) * x + x;
     return base + r;`,
  ),
  isBelowZero: text(one, flag('a < 0 || (a === 0 && 1 / a < 0)')),
  atan2: text(
    two,
    `if (${isNaN('a')} || ${isNaN('b')}) { return a + b; }
     const ay = Math.abs(a); const ax = Math.abs(b); let r = 0;
     if (ax > 3.4028235e38 && ay > 3.4028235e38) { r = 0.78539816339; }
     else if (ay > ax) { r = 1.57079632679 - atanBelowOne(ax / ay); }
     else if (ax > 0) { r = atanBelowOne(ay / ax); }
     if (isBelowZero(b) === 1) { r = 3.14159265359 - r; }
     if (isBelowZero(a) === 1) { return -r; }
     return r;`,
  ),
  asin: text(
    one,
    `const x = Math.abs(a); if (x > 1) { return (x - x) / (x - x); } return atan2(a, Math.sqrt((1 - a) * (1 + a)));`,
  ),
  acos: text(
    one,
    `const x = Math.abs(a); if (x > 1) { return (x - x) / (x - x); } return atan2(Math.sqrt((1 - a) * (1 + a)), a);`,
  ),
  atan: text(one, 'return atan2(a, 1);'),
  sinh: text(
    one,
    `const x = Math.abs(a); const q = a * a;
     let v = x * (1 + q*(1/6 + q*(1/120 + q*(1/5040 + q/362880))));
     if (x >= 1) { const h = exp(0.5 * x); v = 0.5 * h * h - 0.5 / h / h; }
     if (a < 0) { return -v; }
     if (a === 0 || ${isNaN('a')}) { return a; }
     return v;`,
  ),
  cosh: text(one, 'const h = exp(0.5 * Math.abs(a)); return 0.5 * h * h + 0.5 / h / h;'),
  tanh: text(
    one,
    `const x = Math.abs(a); let v = 0;
     if (x < 0.4) {
       const q = a * a;
       v = x * (1 + q*(-1/3 + q*(2/15 + q*(-17/315 + q*(62/2835 + q*(-1382/155925 + q*(21844/6081075)))))));
     } else { const e = exp(-2 * x); v = (1 - e) / (1 + e); }
     if (a < 0) { return -v; }
     if (a === 0 || ${isNaN('a')}) { return a; }
     return v;`,
  ),
  asinh: text(
    one,
    `const x = Math.abs(a); let v = 0;
     if (x > 1e9) { v = log(x) + 0.69314718056; }
     else if (x > 0.5) { v = log(x + Math.sqrt(x * x + 1)); }
     else { v = log1p(x + x * x / (1 + Math.sqrt(x * x + 1))); }
     if (a < 0) { return -v; }
     if (a === 0 || ${isNaN('a')}) { return a; }
     return v;`,
  ),
  acosh: text(
    one,
    `if (a > 1e9) { return log(a) + 0.69314718056; }
     const t = a - 1; if (t < 0) { return (t - t) / (t - t); }
     return log1p(t + Math.sqrt(t * (a + 1)));`,
  ),
  atanh: text(
    one,
    `const x = Math.abs(a); const v = 0.5 * log1p(2 * x / (1 - x));
     if (a < 0) { return -v; }
     if (a === 0 || ${isNaN('a')}) { return a; }
     return v;`,
  ),
  sigmoid: text(one, 'const e = exp(-Math.abs(a)); if (a >= 0) { return 1 / (1 + e); } return e / (1 + e);'),
  erfcTail: text(
    ['x'],
    `if (x > 10.1) { return 0; }
     // the continued fraction, for x ≥ 0.9
     let f = 0;
     for (let i = 0; i < 60; i++) { f = 0.5 * (60 - i) / (x + f); }
     // x² in two parts, since its rounding error counts x² times
     const high = Math.floor(x * 64) / 64; const low = x - high;
     return exp(-high * high) * exp(-low * (x + high)) / ((x + f) * 1.77245385091);`,
  ),
  erf: text(
    one,
    `const x = Math.abs(a); let v = 1;
     if (${isNaN('x')}) { return a; }
     if (x < 2.5) {
       // Σ 2ⁿx²ⁿ⁺¹/(2n+1)!!, times exp(−x²)·2/√π: all terms positive
       const q = 2 * x * x; let term = x * 1; let sum = x * 1;
       for (let n = 1; n < 40; n++) { term = term * q / (2 * n + 1); sum = sum + term; }
       v = Math.min(1.12837916710 * exp(-x * x) * sum, 1);
     } else { v = 1 - erfcTail(x); }
     if (a < 0) { return -v; }
     if (a === 0) { return a; }
     return v;`,
  ),
  erfc: text(one, `if (a < 0.9) { return 1 - erf(a); } if (${isNaN('a')}) { return a; } return erfcTail(a);`),
  isFinite: text(one, flag('Math.abs(a) <= 3.4028235e38')),
  not: text(one, flag('a === 0')),
  rem: text(
    two,
    `let x = Math.abs(a); const y = Math.abs(b);
     if (${isNaN('a')} || ${isNaN('b')}) { return a + b; }
     if (x > 3.4028235e38 || y === 0) { return (x - x) / (x - x); }
     if (x < y) { return a; }
     // long division in base 2: every step is exact
     let t = y * 1;
     for (let i = 0; i < 280; i++) { if (t > 0.5 * x) { break; } t = t * 2; }
     for (let i = 0; i < 280; i++) { if (x >= t) { x = x - t; } if (t <= y) { break; } t = t * 0.5; }
     if (a < 0) { return -x; }
     return x;`,
  ),
  max: text(two, `if (${isNaN('a')} || a > b) { return a; } return b;`),
  min: text(two, `if (${isNaN('a')} || a < b) { return a; } return b;`),
  pow: text(
    two,
    `if (b === 0 || a === 1) { return 1; }
     if (${isNaN('a')} || ${isNaN('b')}) { return a + b; }
     const size = Math.abs(b); let whole = 0; let odd = 0;
     if (Math.floor(b) === b) { whole = 1; if (${isOdd('size')}) { odd = 1; } }
     if (a === -1 && size > 3.4028235e38) { return 1; }
     if (whole === 1 && size <= 64) {
       let p = 1; let s = a * 1; let n = size * 1;
       for (let i = 0; i < 7; i++) { if (${isOdd('n')}) { p = p * s; } n = Math.floor(n * 0.5); s = s * s; }
       if (b < 0) { return 1 / p; }
       return p;
     }
     if (a === 0) {
       if (b > 0) { if (odd === 1) { return a; } return 0; }
       if (odd === 1) { return 1 / a; } return 1 / (a * a);
     }
     if (a < 0 && whole === 0 && Math.abs(a) <= 3.4028235e38) { return (a - a) / (a - a); }
     let r = exp(b * log(Math.abs(a)));
     if (Math.abs(a) <= 3.4028235e38) { r = positivePow(Math.abs(a), b); }
     if (a < 0 && odd === 1) { return -r; }
     return r;`,
  ),
  eq: text(two, flag('a === b')),
  ne: text(two, flag('!(a === b)')),
  lt: text(two, flag('a < b')),
  le: text(two, flag('a <= b')),
  gt: text(two, flag('a > b')),
  ge: text(two, flag('a >= b')),
  select: text(['p', 'a', 'b'], 'if (p === 0) { return b; } return a;'),
  // float → integer: towards zero, NaN to 0, saturated; float or integer → bool
  toInt: text(
    one,
    `if (${isNaN('a')}) { return 0; }
     if (a >= 2147483647) { return 2147483647; } if (a <= -2147483648) { return -2147483648; }
     if (a < 0) { return Math.ceil(a) + 0; } return Math.floor(a);`,
  ),
  toBool: text(one, flag('!(a === 0)')),
} satisfies Readonly<Record<Exclude<DeviceOp, keyof typeof operators>, Text> & Record<string, Text>>

/** Every function that kernels may call. */
export const scalarFunctions: readonly ScalarFunction[] = [
  ...Object.entries(texts).map(([name, { args, body }]) => define(name, args, body)),
  ...ofIntegers,
]

/** The call of an operation on floats, or on bools or small integers held as floats. */
export const callOf = (fn: DeviceOp, isWhole: boolean, args: readonly string[]): string => {
  if (isWhole && fn === 'div') return `wholeDiv(${args.join(', ')})`
  if (isWhole && fn === 'rem') return `wholeRem(${args.join(', ')})`
  const operator = isOperator(fn) ? operators[fn] : null
  return operator === null ? `${fn}(${args.join(', ')})` : operator(args[0], args[1])
}

const isOperator = (fn: DeviceOp): fn is keyof typeof operators => fn in operators
