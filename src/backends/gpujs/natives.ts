import type { ScalarOp } from '../../graph/kernel/expr.js'

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
  // some devices' own gives infinity for NaN
  lanewise('exp', one, 'return preciseExp(a);'),
  // (e − 1)·x / log e, with e rounded, is exact to the last places; see Higham, Accuracy and Stability, §1.14.1
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
  lanewise(
    'log1p',
    one,
    `float u = 1.0 + a;
     if (abs(a) > 0.25) return preciseLog(u);
     // 2·atanh(a / (2 + a))
     float s = a / (2.0 + a); float q = s * s;
     return 2.0 * s * (1.0 + q*(1.0/3.0 + q*(1.0/5.0 + q*(1.0/7.0 + q*(1.0/9.0 + q/11.0)))));`,
  ),
  whole('sqrt', one, 'sqrt(a)'),
  whole('rsqrt', one, '1.0 / sqrt(a)'),
  lanewise(
    'cbrt',
    one,
    `if (a == 0.0 || ${isNaN('a')} || abs(a) > 3.0e38) return a;
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
    `if (a > 1.0e9) return preciseLog(a) + 0.69314718056; float t = a - 1.0; return preciseLog1p(t + sqrt(t * (a + 1.0)));`,
  ),
  lanewise(
    'atanh',
    one,
    `float x = abs(a); float v = 0.5 * preciseLog1p(2.0 * x / (1.0 - x)); return a < 0.0 ? -v : a == 0.0 ? a : v;`,
  ),
  lanewise('sigmoid', one, `float e = exp(-abs(a)); return a >= 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);`),
  lanewise('erf', one, `return preciseErf(a);`),
  lanewise(
    'erfc',
    one,
    `if (a < 0.9) return 1.0 - preciseErf(a); if (${isNaN('a')}) return a; return erfcTail(a);`,
  ),
  lanewise('isFinite', one, `return ${flag('abs(a) <= 3.4028235e38')};`),
  lanewise('not', one, `return ${flag('a == 0.0')};`),
  whole('add', two, 'a + b'),
  whole('sub', two, 'a - b'),
  whole('mul', two, 'a * b'),
  whole('div', two, 'a / b'),
  lanewise(
    'rem',
    two,
    `if (abs(a) < abs(b) || ${isNaN('a')}) return a;
     float q = a / b; float t = q < 0.0 ? ceil(q) : floor(q);
     return a - b * t;`,
  ),
  lanewise('max', two, `return ${isNaN('a')} ? a : ${isNaN('b')} ? b : a > b ? a : b;`),
  lanewise('min', two, `return ${isNaN('a')} ? a : ${isNaN('b')} ? b : a < b ? a : b;`),
  lanewise(
    'pow',
    two,
    `if (b == 0.0 || a == 1.0) return 1.0;
     if (${isNaN('a')} || ${isNaN('b')}) return a + b;
     float whole = floor(b); bool integral = whole == b; bool odd = integral && mod(whole, 2.0) == 1.0;
     if (a == -1.0 && abs(b) > 3.0e38) return 1.0;
     if (integral && abs(b) <= 64.0) {
       float p = 1.0; float s = a; float n = abs(b);
       for (int i = 0; i < 7; i++) { if (mod(n, 2.0) == 1.0) p *= s; n = floor(n / 2.0); s *= s; }
       return b < 0.0 ? 1.0 / p : p;
     }
     if (a == 0.0) return b > 0.0 ? (odd ? a : 0.0) : (odd ? 1.0 / a : 1.0 / (a * a));
     if (a < 0.0 && !integral && abs(a) < 3.0e38) return (a - a) / (a - a);
     float r = exp(b * preciseLog(abs(a)));
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
      name: 'asNumber',
      source: 'float asNumber(int a) { return float(a); }',
      argumentTypes: { a: 'Integer' },
      returnType: 'Number',
    },
  ],
]

/** What the functions above share. */
export const prelude = `
float preciseExp(float x) { return x < 0.0 || x >= 0.0 ? exp(x) : x; }
float preciseLog(float x) {
  if (x < 0.0) return (x - x) / (x - x);
  if (x == 0.0) return -1.0 / abs(x);
  if (x < 3.0e38) {
    float k = floor(log2(x)); float m = x * exp2(-k);
    if (m > 1.41421356) { m *= 0.5; k += 1.0; }
    float s = (m - 1.0) / (m + 1.0); float q = s * s;
    float r = 2.0 * s * q * (1.0/3.0 + q*(1.0/5.0 + q*(1.0/7.0 + q*(1.0/9.0 + q*(1.0/11.0 + q/13.0)))));
    return k * 0.693359375 + (2.0 * s + (r + k * -2.12194440e-4));
  }
  return x <= 3.4028235e38 ? log(x) : x;
}
float preciseLog1p(float a) {
  if (abs(a) > 0.25) return preciseLog(1.0 + a);
  float s = a / (2.0 + a); float q = s * s;
  return 2.0 * s * (1.0 + q*(1.0/3.0 + q*(1.0/5.0 + q*(1.0/7.0 + q*(1.0/9.0 + q/11.0)))));
}
float preciseTanh(float a) {
  float x = abs(a); float v;
  if (x < 0.4) {
    float q = a * a;
    v = x * (1.0 + q*(-1.0/3.0 + q*(2.0/15.0 + q*(-17.0/315.0 + q*(62.0/2835.0 + q*(-1382.0/155925.0 + q*(21844.0/6081075.0)))))));
  } else { float e = exp(-2.0 * x); v = (1.0 - e) / (1.0 + e); }
  return a < 0.0 ? -v : a == 0.0 ? a : v;
}
// sin(x + quarter·π/2), reduced by multiples of π/2 in four parts: exact to 2¹⁷
float preciseSin(float x, float quarter) {
  if (!(abs(x) < 3.0e38)) return (x - x) / (x - x);
  float k = floor(x * 0.63661977237 + 0.5);
  float r = (((x - k * 1.5703125) - k * 4.8351287842e-4) - k * 3.1385570764e-7) - k * 6.0771005065e-11;
  float turn = mod(k + quarter, 4.0);
  float q = r * r; float v;
  if (mod(turn, 2.0) == 0.0) v = r + r * q * (-1.6666654611e-1 + q * (8.3321608736e-3 + q * -1.9515295891e-4));
  else v = 1.0 - 0.5 * q + q * q * (4.166664568298827e-2 + q * (-1.388731625493765e-3 + q * 2.443315711809948e-5));
  if (x == 0.0 && quarter == 0.0) return x;
  return turn >= 2.0 ? -v : v;
}
float atanBelowOne(float z) {
  // reduced about tan(π/8)
  float base = 0.0; float x = z;
  if (z > 0.41421356) { base = 0.78539816339; x = (z - 1.0) / (z + 1.0); }
  float q = x * x;
  float r = ((((8.05374449538e-2 * q - 1.38776856032e-1) * q + 1.99777106478e-1) * q - 3.33329491539e-1) * q) * x + x;
  return base + r;
}
float preciseAtan2(float y, float x) {
  if (!(y < 0.0 || y >= 0.0) || !(x < 0.0 || x >= 0.0)) return x + y;
  bool back = x < 0.0 || (x == 0.0 && 1.0 / x < 0.0);
  float ay = abs(y); float ax = abs(x); float r;
  if (ax > 3.0e38 && ay > 3.0e38) r = 0.78539816339;
  else if (ay > ax) r = 1.57079632679 - atanBelowOne(ax / ay);
  else r = ax == 0.0 ? 0.0 : atanBelowOne(ay / ax);
  if (back) r = 3.14159265359 - r;
  bool below = y < 0.0 || (y == 0.0 && 1.0 / y < 0.0);
  return below ? -r : r;
}
// of large numbers, where the error of the device's own is that of the number
float reducedExp(float x) {
  float k = floor(x * 1.44269504 + 0.5); float r = (x - k * 0.693359375) + k * 2.12194440e-4;
  float p = 1.0/5040.0; p = p*r + 1.0/720.0; p = p*r + 1.0/120.0; p = p*r + 1.0/24.0; p = p*r + 1.0/6.0;
  p = p*r + 0.5; p = p*r + 1.0; p = p*r + 1.0;
  return p * exp2(k);
}
float erfcTail(float x) {
  if (x > 10.1) return 0.0;
  // the continued fraction, for x ≥ 0.9
  float f = 0.0;
  for (int i = 0; i < 60; i++) f = 0.5 * float(60 - i) / (x + f);
  // x² in two parts, since its rounding error counts x² times
  float high = floor(x * 64.0) / 64.0; float low = x - high;
  return reducedExp(-high * high) * exp(-low * (x + high)) / ((x + f) * 1.77245385091);
}
float preciseErf(float a) {
  float x = abs(a); float v;
  if (!(x < 0.0 || x >= 0.0)) return a;
  if (x < 2.5) {
    // Σ 2ⁿx²ⁿ⁺¹/(2n+1)!!, times exp(−x²)·2/√π: all terms positive
    float q = 2.0 * x * x; float term = x; float sum = x;
    for (int n = 1; n < 40; n++) { term *= q / float(2 * n + 1); sum += term; }
    v = 1.12837916710 * exp(-x * x) * sum;
  } else v = 1.0 - erfcTail(x);
  v = min(v, 1.0);
  return a < 0.0 ? -v : v;
}
`

/** Every function that kernels may call. */
export const natives: readonly Native[] = table.flat()

/** Operations of floats and bools that have a function of their name. */
export const floatOps: ReadonlySet<ScalarOp> = new Set(
  natives.flatMap(({ name }) => (/4$/.test(name) ? [name.slice(0, -1) as ScalarOp] : [])),
)
