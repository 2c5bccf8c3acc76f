import type { ScalarOp } from '../../ir/expr.js'

/** A function that kernels call, written in the device's own language. */
export type Native = {
  readonly name: string
  readonly source: string
  readonly argumentTypes: Readonly<Record<string, 'Array(4)' | 'Number' | 'Integer'>>
  readonly returnType: 'Array(4)' | 'Number' | 'Integer'
}

/** A function of vectors, by the name that it gets. */
type Text = (name: string) => Native

const vector = 'Array(4)'

/** A function lane by lane: `body` gives the lane's value, in GLSL. */
const lanewise =
  (args: readonly string[], body: string): Text =>
  (name) => {
    const scalar = `float ${name}1(${args.map((a) => `float ${a}`).join(', ')}) { ${body} }`
    const lane = (l: string) => `${name}1(${args.map((a) => `${a}.${l}`).join(', ')})`
    const lanes = ['x', 'y', 'z', 'w'].map(lane).join(', ')
    return {
      name: `${name}4`,
      source: `${scalar}\nvec4 ${name}4(${args.map((a) => `vec4 ${a}`).join(', ')}) { return vec4(${lanes}); }`,
      argumentTypes: Object.fromEntries(args.map((a) => [a, vector])),
      returnType: vector,
    }
  }

/** A function of whole vectors. */
const whole =
  (args: readonly string[], value: string): Text =>
  (name) => ({
    name: `${name}4`,
    source: `vec4 ${name}4(${args.map((a) => `vec4 ${a}`).join(', ')}) { return ${value}; }`,
    argumentTypes: Object.fromEntries(args.map((a) => [a, vector])),
    returnType: vector,
  })

const [one, two] = [['a'], ['a', 'b']]
const isNaN = (x: string) => `!(${x} < 0.0 || ${x} >= 0.0)`
/** The largest number; a greater one is infinite. */
const largest = '3.40282346e38'
const flag = (condition: string) => `(${condition}) ? 1.0 : 0.0`

/** The text of every scalar function: polynomials where the device's own lose accuracy or overflow. `null`: the host computes it. */
const texts = {
  neg: whole(one, '-a'),
  abs: whole(one, 'abs(a)'),
  sign: lanewise(one, `return a > 0.0 ? 1.0 : a < 0.0 ? -1.0 : a;`),
  floor: whole(one, 'floor(a)'),
  ceil: whole(one, 'ceil(a)'),
  round: lanewise(
    one,
    `if (!(abs(a) < 8388608.0)) return a;
     float f = floor(a); float d = a - f;
     float r = d > 0.5 ? f + 1.0 : d < 0.5 ? f : (mod(f, 2.0) == 0.0 ? f : f + 1.0);
     return r == 0.0 && a < 0.0 ? -abs(r) : r;`,
  ),
  exp: lanewise(one, 'return quickExp(a);'),
  expm1: lanewise(
    one,
    `if (abs(a) < 0.35) {
       float t = 1.0/362880.0; t = t*a + 1.0/40320.0; t = t*a + 1.0/5040.0; t = t*a + 1.0/720.0; t = t*a + 1.0/120.0;
       t = t*a + 1.0/24.0; t = t*a + 1.0/6.0; t = t*a + 0.5; t = t*a*a; return t + a;
     }
     return preciseExp(a) - 1.0;`,
  ),
  log: lanewise(one, `return preciseLog(a);`),
  log1p: lanewise(one, 'return preciseLog1p(a);'),
  sqrt: whole(one, 'sqrt(a)'),
  rsqrt: whole(one, '1.0 / sqrt(a)'),
  cbrt: lanewise(
    one,
    `if (a == 0.0 || ${isNaN('a')} || abs(a) > ${largest}) return a;
     float m = abs(a); float y = exp2(log2(m) / 3.0);
     y = y - (y - m / (y * y)) / 3.0; y = y - (y - m / (y * y)) / 3.0;
     return a < 0.0 ? -y : y;`,
  ),
  sin: lanewise(one, 'return preciseSin(a, 0.0);'),
  cos: lanewise(one, 'return preciseSin(a, 1.0);'),
  tan: lanewise(one, 'return preciseSin(a, 0.0) / preciseSin(a, 1.0);'),
  asin: lanewise(
    one,
    `if (abs(a) > 1.0) return (a - a) / (a - a); return preciseAtan2(a, sqrt((1.0 - a) * (1.0 + a)));`,
  ),
  acos: lanewise(
    one,
    `if (abs(a) > 1.0) return (a - a) / (a - a); return preciseAtan2(sqrt((1.0 - a) * (1.0 + a)), a);`,
  ),
  atan: lanewise(one, `return preciseAtan2(a, 1.0);`),
  sinh: lanewise(
    one,
    `float x = abs(a); float v;
     if (x < 1.0) { float q = a*a; v = x * (1.0 + q*(1.0/6.0 + q*(1.0/120.0 + q*(1.0/5040.0 + q/362880.0)))); }
     else { float h = preciseExp(0.5 * x); v = 0.5 * h * h - 0.5 / h / h; }
     return a < 0.0 ? -v : v;`,
  ),
  cosh: lanewise(one, `float h = preciseExp(0.5 * abs(a)); return 0.5 * h * h + 0.5 / h / h;`),
  tanh: lanewise(one, `return preciseTanh(a);`),
  asinh: lanewise(
    one,
    `float x = abs(a); float v;
     if (x > 1.0e9) v = preciseLog(x) + 0.69314718056;
     else if (x > 0.5) v = preciseLog(x + sqrt(x * x + 1.0));
     else { float u = x + x * x / (1.0 + sqrt(x * x + 1.0)); v = preciseLog1p(u); }
     return a < 0.0 ? -v : a == 0.0 ? a : v;`,
  ),
  acosh: lanewise(
    one,
    `if (a < 1.0) return (a - a) / (a - a);
     if (a > 1.0e9) return preciseLog(a) + 0.69314718056;
     float t = a - 1.0; return preciseLog1p(t + sqrt(t * (a + 1.0)));`,
  ),
  atanh: lanewise(
    one,
    `float x = abs(a); float v = 0.5 * preciseLog1p(2.0 * x / (1.0 - x)); return a < 0.0 ? -v : a == 0.0 ? a : v;`,
  ),
  sigmoid: lanewise(
    one,
    `float e = quickExp(-abs(a)); return a >= 0.0 ? 1.0 / (1.0 + e) : a < 0.0 ? e / (1.0 + e) : a;`,
  ),
  erf: lanewise(one, `return preciseErf(a);`),
  erfc: lanewise(
    one,
    `if (a < 0.9) return 1.0 - preciseErf(a); if (${isNaN('a')}) return a; return erfcTail(a);`,
  ),
  isFinite: lanewise(one, `return ${flag(`abs(a) <= ${largest}`)};`),
  not: lanewise(one, `return ${flag('a == 0.0')};`),
  add: whole(two, 'a + b'),
  sub: whole(two, 'a - b'),
  mul: whole(two, 'a * b'),
  div: whole(two, 'a / b'),
  rem: lanewise(
    two,
    `float x = abs(a); float y = abs(b);
     if (${isNaN('a')} || ${isNaN('b')}) return a + b;
     if (x > ${largest} || y == 0.0) return (x - x) / (x - x);
     if (x < y) return a;
     // long division in base 2: every step is exact
     float t = y;
     for (int i = 0; i < 280; i++) { if (t > 0.5 * x) break; t *= 2.0; }
     for (int i = 0; i < 280; i++) { if (x >= t) x -= t; if (t <= y) break; t *= 0.5; }
     return a < 0.0 ? -x : x;`,
  ),
  // NaN compares with nothing, and is kept by a mean; of a sum with 0, drivers would make their own maximum, which drops it
  max: lanewise(two, `return a > b ? a : b >= a ? b : 0.5 * (a + b);`),
  min: lanewise(two, `return a < b ? a : b <= a ? b : 0.5 * (a + b);`),
  pow: lanewise(
    two,
    `if (b == 0.0 || a == 1.0) return 1.0;
     if (${isNaN('a')} || ${isNaN('b')}) return a + b;
     float whole = floor(b); bool integral = whole == b; bool odd = integral && mod(whole, 2.0) == 1.0;
     if (a == -1.0 && abs(b) > ${largest}) return 1.0;
     if (integral && abs(b) <= 64.0) {
       float p = 1.0; float s = a; float n = abs(b);
       for (int i = 0; i < 7; i++) { if (mod(n, 2.0) == 1.0) p *= s; n = floor(n / 2.0); s *= s; }
       return b < 0.0 ? 1.0 / p : p;
     }
     if (a == 0.0) return b > 0.0 ? (odd ? a : 0.0) : (odd ? 1.0 / a : 1.0 / (a * a));
     if (a < 0.0 && !integral && abs(a) <= ${largest}) return (a - a) / (a - a);
     float r = positivePow(abs(a), b);
     return a < 0.0 && odd ? -r : r;`,
  ),
  atan2: lanewise(two, `return preciseAtan2(a, b);`),
  and: whole(two, 'a * b'),
  or: whole(two, 'max(a, b)'),
  xor: whole(two, 'abs(a - b)'),
  eq: lanewise(two, `return ${flag('a == b')};`),
  ne: lanewise(two, `return ${flag('!(a == b)')};`),
  lt: lanewise(two, `return ${flag('a < b')};`),
  le: lanewise(two, `return ${flag('a <= b')};`),
  gt: lanewise(two, `return ${flag('a > b')};`),
  ge: lanewise(two, `return ${flag('a >= b')};`),
  select: lanewise(['p', 'a', 'b'], `return p == 0.0 ? b : a;`),
  erfInv: null,
  lgamma: null,
  digamma: null,
  polygamma: null,
  shiftLeft: null,
  shiftRightLogical: null,
  shiftRightArithmetic: null,
  // between dtypes: `conversion` of expressionSource.ts has a function for each pair that the device can do
  convert: null,
  bitcast: null,
} satisfies Readonly<Record<ScalarOp, Text | null>>

/** Other functions of vectors. */
const others = {
  same: whole(one, 'a'),
  // of integers below 2²⁴: exact
  wholeDiv: lanewise(two, `return b == 0.0 ? -1.0 : float(int(a) / int(b));`),
  wholeRem: lanewise(
    two,
    `if (b == 0.0) return a; int q = int(a) / int(b); return float(int(a) - q * int(b));`,
  ),
  // float → integer: towards zero, NaN to 0, saturated; float or integer → bool
  toInt: lanewise(
    one,
    `if (${isNaN('a')}) return 0.0; float t = a < 0.0 ? ceil(a) : floor(a); return clamp(t, -2147483648.0, 2147483647.0) + 0.0;`,
  ),
  toBool: lanewise(one, `return ${flag('a != 0.0')};`),
}

/** Scalar functions that devices compute: of floats and bools, and some of integers. */
export type DeviceOp = {
  [F in ScalarOp]: (typeof texts)[F] extends null ? never : F
}[ScalarOp]

export const isOnDevice = (fn: ScalarOp): fn is DeviceOp => texts[fn] !== null

/** The name of a function of vectors. */
export type VectorFunction = `${DeviceOp | keyof typeof others}4`

const ofVectors: Readonly<Record<string, Text | null>> = { ...texts, ...others }

/** Functions of indices and single lanes, and those that put vectors together. */
const ofLanes: readonly Native[] = [
  {
    name: 'splat4',
    source: 'vec4 splat4(float a) { return vec4(a); }',
    argumentTypes: { a: 'Number' },
    returnType: vector,
  },
  {
    name: 'lanes4',
    source: 'vec4 lanes4(float a, float b, float c, float d) { return vec4(a, b, c, d); }',
    argumentTypes: { a: 'Number', b: 'Number', c: 'Number', d: 'Number' },
    returnType: vector,
  },
  {
    name: 'pick',
    source: 'float pick(vec4 v, int l) { return l == 0 ? v.x : l == 1 ? v.y : l == 2 ? v.z : v.w; }',
    argumentTypes: { v: vector, l: 'Integer' },
    returnType: 'Number',
  },
  {
    name: 'idiv',
    source: 'int idiv(int a, int b) { return a / b; }',
    argumentTypes: { a: 'Integer', b: 'Integer' },
    returnType: 'Integer',
  },
  {
    name: 'imod',
    source: 'int imod(int a, int b) { return a - b * (a / b); }',
    argumentTypes: { a: 'Integer', b: 'Integer' },
    returnType: 'Integer',
  },
  {
    name: 'imin',
    source: 'int imin(int a, int b) { return a < b ? a : b; }',
    argumentTypes: { a: 'Integer', b: 'Integer' },
    returnType: 'Integer',
  },
  {
    name: 'inside',
    source: 'float inside(int a, int size) { return a >= 0 && a < size ? 1.0 : 0.0; }',
    argumentTypes: { a: 'Integer', size: 'Integer' },
    returnType: 'Number',
  },
  {
    name: 'clampIndex',
    source:
      'int clampIndex(float a, int size) { return a > 0.0 ? (a < float(size) ? int(a) : size - 1) : 0; }',
    argumentTypes: { a: 'Number', size: 'Integer' },
    returnType: 'Integer',
  },
  {
    name: 'multiplyAdd',
    source:
      'vec4 multiplyAdd(vec4 s, vec4 a, vec4 w0, vec4 w1, vec4 w2, vec4 w3) { return s + a.x * w0 + a.y * w1 + a.z * w2 + a.w * w3; }',
    argumentTypes: { s: vector, a: vector, w0: vector, w1: vector, w2: vector, w3: vector },
    returnType: vector,
  },
  {
    name: 'chosen4',
    source: `vec4 chosen4(int i, vec4 a, vec4 b, vec4 c, vec4 d, vec4 e, vec4 f, vec4 g, vec4 h) {
        return i < 4 ? (i < 2 ? (i == 0 ? a : b) : (i == 2 ? c : d)) : (i < 6 ? (i == 4 ? e : f) : (i == 6 ? g : h)); }`,
    argumentTypes: {
      i: 'Integer',
      ...Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((x) => [x, vector])),
    },
    returnType: vector,
  },
  {
    name: 'laneOf4',
    source: `vec4 laneOf4(int which, int l, vec4 a, vec4 b, vec4 c, vec4 d, vec4 e, vec4 f, vec4 g, vec4 h) {
        return which == 0 ? vec4(laneOf(a, l), laneOf(b, l), laneOf(c, l), laneOf(d, l)) : vec4(laneOf(e, l), laneOf(f, l), laneOf(g, l), laneOf(h, l)); }`,
    argumentTypes: {
      which: 'Integer',
      l: 'Integer',
      ...Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((x) => [x, vector])),
    },
    returnType: vector,
  },
  {
    name: 'asIndex',
    source: 'int asIndex(float a) { return int(a); }',
    argumentTypes: { a: 'Number' },
    returnType: 'Integer',
  },
  {
    name: 'asNumber',
    source: 'float asNumber(int a) { return float(a); }',
    argumentTypes: { a: 'Integer' },
    returnType: 'Number',
  },
]

/** Every function that kernels may call. */
export const natives: readonly Native[] = [
  ...Object.entries(ofVectors).flatMap(([name, text]) => text?.(name) ?? []),
  ...ofLanes,
]
