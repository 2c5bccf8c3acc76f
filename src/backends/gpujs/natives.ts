import type { ScalarOp } from '../../ir/expr.js'

/** A function that kernels call, written in the device's own language. */
export type Native = {
  readonly name: string
  readonly source: string
  readonly argumentTypes: Readonly<Record<string, 'Array(4)' | 'Number' | 'Integer'>>
  readonly returnType: 'Array(4)' | 'Number' | 'Integer'
}

const vector = 'Array(4)'

/** A function of vectors, lane by lane: `body` gives the lane's value, in GLSL. */
const lanewise = (name: string, args: readonly string[], body: string): readonly Native[] => {
  const scalar = `float ${name}1(${args.map((a) => `float ${a}`).join(', ')}) { ${body} }`
  const lane = (l: string) => `${name}1(${args.map((a) => `${a}.${l}`).join(', ')})`
  const lanes = ['x', 'y', 'z', 'w'].map(lane).join(', ')
  return [
    {
      name: `${name}4`,
      source: `${scalar}\nvec4 ${name}4(${args.map((a) => `vec4 ${a}`).join(', ')}) { return vec4(${lanes}); }`,
      argumentTypes: Object.fromEntries(args.map((a) => [a, vector])),
      returnType: vector,
    },
  ]
}

/** A function of whole vectors. */
const whole = (name: string, args: readonly string[], value: string): readonly Native[] => [
  {
    name: `${name}4`,
    source: `vec4 ${name}4(${args.map((a) => `vec4 ${a}`).join(', ')}) { return ${value}; }`,
    argumentTypes: Object.fromEntries(args.map((a) => [a, vector])),
    returnType: vector,
  },
]

const [one, two] = [['a'], ['a', 'b']]
const isNaN = (x: string) => `!(${x} < 0.0 || ${x} >= 0.0)`
/** The largest number; what is more is infinite. */
const largest = '3.40282346e38'
const flag = (condition: string) => `(${condition}) ? 1.0 : 0.0`

/** Polynomials where the device's own functions lose accuracy or overflow. */
const table: readonly (readonly Native[])[] = [
  whole('same', one, 'a'),
  whole('neg', one, '-a'),
  whole('abs', one, 'abs(a)'),
  lanewise('sign', one, `return a > 0.0 ? 1.0 : a < 0.0 ? -1.0 : a;`),
  whole('floor', one, 'floor(a)'),
  whole('ceil', one, 'ceil(a)'),
  lanewise(
    'round',
    one,
    `if (!(abs(a) < 8388608.0)) return a;
     float f = floor(a); float d = a - f;
     float r = d > 0.5 ? f + 1.0 : d < 0.5 ? f : (mod(f, 2.0) == 0.0 ? f : f + 1.0);
     return r == 0.0 && a < 0.0 ? -abs(r) : r;`,
  ),
  lanewise('exp', one, 'return quickExp(a);'),
  lanewise(
    'expm1',
    one,
    `if (abs(a) < 0.35) {
       float t = 1.0/362880.0; t = t*a + 1.0/40320.0; t = t*a + 1.0/5040.0; t = t*a + 1.0/720.0; t = t*a + 1.0/120.0;
       t = t*a + 1.0/24.0; t = t*a + 1.0/6.0; t = t*a + 0.5; t = t*a*a; return t + a;
     }
     return preciseExp(a) - 1.0;`,
  ),
  lanewise('log', one, `return preciseLog(a);`),
  lanewise('log1p', one, 'return preciseLog1p(a);'),
  whole('sqrt', one, 'sqrt(a)'),
  whole('rsqrt', one, '1.0 / sqrt(a)'),
  lanewise(
    'cbrt',
    one,
    `if (a == 0.0 || ${isNaN('a')} || abs(a) > ${largest}) return a;
     float m = abs(a); float y = exp2(log2(m) / 3.0);
     y = y - (y - m / (y * y)) / 3.0; y = y - (y - m / (y * y)) / 3.0;
     return a < 0.0 ? -y : y;`,
  ),
  lanewise('sin', one, 'return preciseSin(a, 0.0);'),
  lanewise('cos', one, 'return preciseSin(a, 1.0);'),
  lanewise('tan', one, 'return preciseSin(a, 0.0) / preciseSin(a, 1.0);'),
  lanewise(
    'asin',
    one,
    `if (abs(a) > 1.0) return (a - a) / (a - a); return preciseAtan2(a, sqrt((1.0 - a) * (1.0 + a)));`,
  ),
  lanewise(
    'acos',
    one,
    `if (abs(a) > 1.0) return (a - a) / (a - a); return preciseAtan2(sqrt((1.0 - a) * (1.0 + a)), a);`,
  ),
  lanewise('atan', one, `return preciseAtan2(a, 1.0);`),
  lanewise(
    'sinh',
    one,
    `float x = abs(a); float v;
     if (x < 1.0) { float q = a*a; v = x * (1.0 + q*(1.0/6.0 + q*(1.0/120.0 + q*(1.0/5040.0 + q/362880.0)))); }
     else { float h = preciseExp(0.5 * x); v = 0.5 * h * h - 0.5 / h / h; }
     return a < 0.0 ? -v : v;`,
  ),
  lanewise('cosh', one, `float h = preciseExp(0.5 * abs(a)); return 0.5 * h * h + 0.5 / h / h;`),
  lanewise('tanh', one, `return preciseTanh(a);`),
  lanewise(
    'asinh',
    one,
    `float x = abs(a); float v;
     if (x > 1.0e9) v = preciseLog(x) + 0.69314718056;
     else if (x > 0.5) v = preciseLog(x + sqrt(x * x + 1.0));
     else { float u = x + x * x / (1.0 + sqrt(x * x + 1.0)); v = preciseLog1p(u); }
     return a < 0.0 ? -v : a == 0.0 ? a : v;`,
  ),
  lanewise(
    'acosh',
    one,
    `if (a < 1.0) return (a - a) / (a - a);
     if (a > 1.0e9) return preciseLog(a) + 0.69314718056;
     float t = a - 1.0; return preciseLog1p(t + sqrt(t * (a + 1.0)));`,
  ),
  lanewise(
    'atanh',
    one,
    `float x = abs(a); float v = 0.5 * preciseLog1p(2.0 * x / (1.0 - x)); return a < 0.0 ? -v : a == 0.0 ? a : v;`,
  ),
  lanewise(
    'sigmoid',
    one,
    `float e = quickExp(-abs(a)); return a >= 0.0 ? 1.0 / (1.0 + e) : a < 0.0 ? e / (1.0 + e) : a;`,
  ),
  lanewise('erf', one, `return preciseErf(a);`),
  lanewise(
    'erfc',
    one,
    `if (a < 0.9) return 1.0 - preciseErf(a); if (${isNaN('a')}) return a; return erfcTail(a);`,
  ),
  lanewise('isFinite', one, `return ${flag(`abs(a) <= ${largest}`)};`),
  lanewise('not', one, `return ${flag('a == 0.0')};`),
  whole('add', two, 'a + b'),
  whole('sub', two, 'a - b'),
  whole('mul', two, 'a * b'),
  whole('div', two, 'a / b'),
  lanewise(
    'rem',
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
  lanewise('max', two, `return a > b ? a : b >= a ? b : 0.5 * (a + b);`),
  lanewise('min', two, `return a < b ? a : b <= a ? b : 0.5 * (a + b);`),
  lanewise(
    'pow',
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
  lanewise('atan2', two, `return preciseAtan2(a, b);`),
  whole('and', two, 'a * b'),
  whole('or', two, 'max(a, b)'),
  whole('xor', two, 'abs(a - b)'),
  lanewise('eq', two, `return ${flag('a == b')};`),
  lanewise('ne', two, `return ${flag('!(a == b)')};`),
  lanewise('lt', two, `return ${flag('a < b')};`),
  lanewise('le', two, `return ${flag('a <= b')};`),
  lanewise('gt', two, `return ${flag('a > b')};`),
  lanewise('ge', two, `return ${flag('a >= b')};`),
  lanewise('select', ['p', 'a', 'b'], `return p == 0.0 ? b : a;`),
  // of integers below 2²⁴: exact
  lanewise('wholeDiv', two, `return b == 0.0 ? -1.0 : float(int(a) / int(b));`),
  lanewise(
    'wholeRem',
    two,
    `if (b == 0.0) return a; int q = int(a) / int(b); return float(int(a) - q * int(b));`,
  ),
  // float → integer: towards zero, NaN to 0, saturated; float or integer → bool
  lanewise(
    'toInt',
    one,
    `if (${isNaN('a')}) return 0.0; float t = a < 0.0 ? ceil(a) : floor(a); return clamp(t, -2147483648.0, 2147483647.0) + 0.0;`,
  ),
  lanewise('toBool', one, `return ${flag('a != 0.0')};`),
  [
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
  ],
]

/** Every function that kernels may call. */
export const natives: readonly Native[] = table.flat()

/** Operations of floats and bools that have a function of their name. */
export const floatOps: ReadonlySet<ScalarOp> = new Set(
  natives.flatMap(({ name }) => (/4$/.test(name) ? [name.slice(0, -1) as ScalarOp] : [])),
)
