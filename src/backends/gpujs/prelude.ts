/** Functions that the native ones share: formulas where the device's own lose accuracy, overflow or drop NaN. */
export const prelude = `
float laneOf(vec4 v, int l) { return l == 0 ? v.x : l == 1 ? v.y : l == 2 ? v.z : v.w; }
// exp(r)·2ᵏ for |r| ≤ ½·log 2 and k ≤ 128
float scaledExp(float r, float k) {
  float p = 1.0 + r*(1.0 + r*(0.5 + r*(1.6666666e-1 + r*(4.1666482e-2 + r*(8.3334519e-3 + r*1.3932e-3)))));
  float s = k > 100.0 ? 2.0 : 1.0;
  return p * exp2(k - s + 1.0) * s;
}
// the device's own takes x·log₂e, whose rounding error counts
float preciseExp(float x) {
  float k = floor(x * 1.44269504 + 0.5);
  float v = scaledExp((x - k * 0.693359375) + k * 2.12194440e-4, k);
  return x < -104.0 ? 0.0 : x < 89.0 ? v : x * 1.0e38;
}
// the same with the device's exp2 for most of it, which is off by some 4 units in the last place: t is cut to 8 binary
// places, so that its products with the parts of log 2 are exact, and the rest is within [0, 0.003]
float quickExp(float x) {
  float t = floor(x * 369.3299) * 0.00390625;
  float r = (x - t * 0.693359375) + t * 2.12194440e-4;
  float v = exp2(t) * (1.0 + r * (1.0 + 0.5 * r));
  return x < -104.0 ? 0.0 : x < 89.0 ? v : x * 1.0e38;
}
float preciseLog(float x) {
  if (x < 0.0) return (x - x) / (x - x);
  if (x == 0.0) return -1.0 / abs(x);
  if (x <= 3.40282346e38) {
    float scaled = x > 1.0e30 ? 16.0 : 0.0;
    float y = scaled == 0.0 ? x : x * 1.52587890625e-5;
    float k = floor(log2(y)); float m = y * exp2(-k);
    if (m > 1.41421356) { m *= 0.5; k += 1.0; }
    k += scaled;
    float s = (m - 1.0) / (m + 1.0); float q = s * s;
    float r = 2.0 * s * q * (1.0/3.0 + q*(1.0/5.0 + q*(1.0/7.0 + q*(1.0/9.0 + q*(1.0/11.0 + q/13.0)))));
    return k * 0.693359375 + (2.0 * s + (r + k * -2.12194440e-4));
  }
  return x <= 3.4028235e38 ? log(x) : x;
}
float preciseLog1p(float a) {
  if (abs(a) > 0.25) return preciseLog(1.0 + a);
  if (abs(a) < 1.0e-8) return a;
  // 2·atanh(a / (2 + a))
  float s = a / (2.0 + a); float q = s * s;
  return 2.0 * s * (1.0 + q*(1.0/3.0 + q*(1.0/5.0 + q*(1.0/7.0 + q*(1.0/9.0 + q/11.0)))));
}
// a to the power b, for a > 0. Numbers are cut to so few digits that their products are exact: the device's compilers
// take x + y − x for y, which leaves no other way to a rounding error
float positivePow(float a, float b) {
  if (a > 3.40282346e38) return exp(b * log(a));
  if (abs(b) < 1.0e-30) return 1.0;
  float scaled = a > 1.0e30 ? 16.0 : 0.0;
  float y = scaled == 0.0 ? a : a * 1.52587890625e-5;
  float k = floor(log2(y)); float m = y * exp2(-k);
  if (m > 1.41421356) { m *= 0.5; k += 1.0; }
  k += scaled;
  // log a = k·log 2 + 2·atanh s, s = (m − 1)/(m + 1) + sl
  float s = (m - 1.0) / (m + 1.0); float q = s * s;
  float sh = floor(s * 1024.0) / 1024.0; float mh = floor(m * 4096.0) / 4096.0;
  float sl = ((((m - 1.0) - sh * (mh + 1.0)) - (s - sh) * (mh + 1.0)) - s * (m - mh)) / (m + 1.0);
  float cut = floor(s * 8192.0) / 4096.0;
  float high = k * 0.693359375 + cut;
  float low = (2.0 * s - cut) + 2.0 * sl + k * -2.12194440e-4
    + 2.0 * s * q * (1.0/3.0 + q*(1.0/5.0 + q*(1.0/7.0 + q*(1.0/9.0 + q*(1.0/11.0 + q/13.0)))));
  float e = b * (high + low);
  if (e >= 89.0) return exp(e);
  if (e < -104.0) return 0.0;
  float unit = exp2(floor(log2(abs(b)))) / 32.0;
  float b1 = floor(b / unit) * unit; float rest = b - b1;
  float b2 = floor(rest / unit * 32.0) / 32.0 * unit;
  float n = floor(e * 1.44269504 + 0.5);
  float r = (((b1 * high - n * 0.693359375) + b2 * high) + (rest - b2) * high) + (b * low + n * 2.12194440e-4);
  return scaledExp(r, n);
}
float preciseTanh(float a) {
  float q = a * a; float e = exp(-2.0 * abs(a)); float v = (1.0 - e) / (1.0 + e);
  float near = a * (1.0 + q*(-1.0/3.0 + q*(2.0/15.0 + q*(-17.0/315.0 + q*(62.0/2835.0 + q*(-1382.0/155925.0 + q*(21844.0/6081075.0)))))));
  return q < 0.16 ? near : a < 0.0 ? -v : v;
}
// sin(x + quarter·π/2), reduced by multiples k of π/2; k in two parts and π/2 in four, so that products are exact
float preciseSin(float x, float quarter) {
  if (abs(x) > 16777218.0) return (x - x) / (x - x);
  float k = floor(x * 0.63661977237 + 0.5);
  float kh = floor(k / 4096.0 + 0.5) * 4096.0; float kl = k - kh;
  float r = (x - kh * 1.5703125) - kl * 1.5703125;
  r = (r - kh * 4.8351287841796875e-4) - kl * 4.8351287841796875e-4;
  r = (r - kh * 3.1385570764541626e-7) - kl * 3.1385570764541626e-7;
  r = r - k * 6.0771005065061922e-11;
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
  if (ax > 3.40282346e38 && ay > 3.40282346e38) r = 0.78539816339;
  else if (ay > ax) r = 1.57079632679 - atanBelowOne(ax / ay);
  else r = ax == 0.0 ? 0.0 : atanBelowOne(ay / ax);
  if (back) r = 3.14159265359 - r;
  bool below = y < 0.0 || (y == 0.0 && 1.0 / y < 0.0);
  return below ? -r : r;
}
float erfcTail(float x) {
  if (x > 10.1) return 0.0;
  // the continued fraction, for x ≥ 0.9
  float f = 0.0;
  for (int i = 0; i < 60; i++) f = 0.5 * float(60 - i) / (x + f);
  // x² in two parts, since its rounding error counts x² times
  float high = floor(x * 64.0) / 64.0; float low = x - high;
  return preciseExp(-high * high) * preciseExp(-low * (x + high)) / ((x + f) * 1.77245385091);
}
float preciseErf(float a) {
  float x = abs(a); float v;
  if (!(x < 0.0 || x >= 0.0)) return a;
  if (x < 2.5) {
    // Σ 2ⁿx²ⁿ⁺¹/(2n+1)!!, times exp(−x²)·2/√π: all terms positive
    float q = 2.0 * x * x; float term = x; float sum = x;
    for (int n = 1; n < 40; n++) { term *= q / float(2 * n + 1); sum += term; }
    v = 1.12837916710 * preciseExp(-x * x) * sum;
  } else v = 1.0 - erfcTail(x);
  v = min(v, 1.0);
  return a < 0.0 ? -v : v;
}
`
