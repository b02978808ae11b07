/**
 * Functions of float32 as terms, within 4 units of the last place wherever float32 has normal numbers,
 * with the limits of double precision at the ends. Polynomials are minimax on their intervals; the
 * reductions are those of Cephes (Moshier 1989).
 */
import { type Term, type Terms, isNegative } from './terms.js';

const polynomial = (t: Terms, x: Term, coefficients: readonly number[]): Term =>
  coefficients
    .map((c) => t.constant(c))
    .reduceRight((sum, c) => t.do('add', t.do('mul', sum, x), c));

/** ln 2 as a number of few digits, whose products with whole numbers are exact, and the rest. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;

/** Adding and subtracting it rounds to a whole number, which the lowest bits of the sum hold. */
const ROUNDS = 1.5 * 2 ** 23;

/** x = n ln 2 + r with |r| ≤ ln 2 / 2: n in the lowest bits of `shifted`, and q = eʳ − 1 − r. */
const reduced = (
  t: Terms,
  x: Term,
): { readonly shifted: Term; readonly n: Term; readonly r: Term; readonly q: Term } => {
  const shifted = t.do('add', t.do('mul', x, t.constant(Math.LOG2E)), t.constant(ROUNDS));
  const n = t.do('sub', shifted, t.constant(ROUNDS));
  const near = t.do('sub', x, t.do('mul', n, t.constant(LN2_HIGH)));
  const r = t.do('sub', near, t.do('mul', n, t.constant(LN2_LOW)));
  const p = polynomial(
    t,
    r,
    [
      0.4999999403953552, 0.1666651964187622, 0.04166839271783829, 0.008368780836462975,
      0.0013814467238262296,
    ],
  );
  return { shifted, n, r, q: t.do('mul', p, t.do('mul', r, r)) };
};

/** eʳ from what is left of a reduction. */
const mantissa = (t: Terms, { r, q }: { readonly r: Term; readonly q: Term }): Term =>
  t.do('add', t.do('add', q, r), t.constant(1));

/** Below this e^x is less than twice the least normal number, and 0 here. */
const LEAST = -86.6;

/** e^x for x ≤ 0. */
const expOfNegative = (t: Terms, x: Term): Term => {
  const parts = reduced(t, x);
  // A product, and no sum of bits: what is not a number must stay none, whatever its bits are.
  const power = t.do('toExponent', t.do('addBits', parts.shifted, t.bits(127)));
  const scaled = t.do('mul', mantissa(t, parts), power);
  return t.unit(t.do('andNot', scaled, t.do('lt', x, t.constant(LEAST))));
};

/** e^x for any x: the exponent is added in two halves, neither of which leaves the normal numbers. */
const expOfAny = (t: Terms, x: Term): Term => {
  const within = t.do('pmax', t.do('pmin', x, t.constant(89)), t.constant(-105));
  const parts = reduced(t, within);
  const whole = t.do('subBits', parts.shifted, t.constant(ROUNDS));
  const half = t.do('half', whole);
  const other = t.do('subBits', whole, half);
  const power = (n: Term): Term => t.do('toExponent', t.do('addBits', n, t.bits(127)));
  return t.do('mul', t.do('mul', mantissa(t, parts), power(half)), power(other));
};

/** e^x. */
export const exp = (t: Terms, x: Term): Term =>
  isNegative(t, x) ? expOfNegative(t, x) : expOfAny(t, x);

/** eˣ − 1 = 2ⁿ (eʳ − 1) + (2ⁿ − 1). */
export const expm1 = (t: Terms, x: Term): Term => {
  const within = t.do('pmax', t.do('pmin', x, t.constant(89)), t.constant(-80));
  const { shifted, r, q } = reduced(t, within);
  // Half of 2ⁿ, and twice the sum: 2¹²⁸ is no float32.
  const half = t.do('toExponent', t.do('addBits', shifted, t.bits(126)));
  const sum = t.do('add', t.do('mul', t.do('add', q, r), half), t.do('sub', half, t.constant(0.5)));
  // Twice an x whose half is 0 would be 0.
  return t.do('choose', x, t.do('add', sum, sum), t.do('lt', t.do('abs', x), t.constant(2 ** -60)));
};

/** log((1 + s) / (1 − s)) = 2 s + s³ Q(s²). */
const byRatio = (t: Terms, s: Term, coefficients: readonly number[]): Term => {
  const z = t.do('mul', s, s);
  const cubed = t.do('mul', t.do('mul', polynomial(t, z, coefficients), z), s);
  return t.do('add', cubed, t.do('add', s, s));
};

/** log(1 + e) for e in [0, 1]. */
const log1pOfUnit = (t: Terms, e: Term): Term =>
  byRatio(
    t,
    t.do('div', e, t.do('add', e, t.constant(2))),
    [0.666664124, 0.4002169966697693, 0.27999138832092285, 0.2802446782588959],
  );

const HALF_ROOT = 0x3f3504f3;

/** log x = n ln 2 + log m with m in [√½, √2]. */
export const log = (t: Terms, x: Term): Term => {
  // What is below the normal numbers has its exponent in its digits.
  const tiny = t.do('lt', x, t.constant(2 ** -126));
  const normal = t.do('choose', t.do('mul', x, t.constant(2 ** 23)), x, tiny);
  const exponent = t.do('fromExponent', t.do('subBits', normal, t.bits(HALF_ROOT)));
  const m = t.do('subBits', normal, t.do('toExponent', exponent));
  const n = t.do('sub', t.do('toFloat', exponent), t.do('and', tiny, t.constant(23)));
  const f = t.do('sub', m, t.constant(1));
  const s = t.do('div', f, t.do('add', f, t.constant(2)));
  const z = t.do('mul', s, s);
  const rest = t.do(
    'mul',
    t.do('mul', polynomial(t, z, [0.6666677594184875, 0.39977526664733887, 0.2987215518951416]), z),
    s,
  );
  // f − s f = 2 s: in this form what is rounded is small beside f.
  const inner = t.do(
    'sub',
    rest,
    t.do('sub', t.do('mul', s, f), t.do('mul', n, t.constant(LN2_LOW))),
  );
  const value = t.do('add', t.do('add', inner, f), t.do('mul', n, t.constant(LN2_HIGH)));
  const below = t.do(
    'choose',
    t.constant(-Infinity),
    t.constant(Number.NaN),
    t.do('eq', x, t.constant(0)),
  );
  const known = t.do('choose', value, below, t.do('gt', x, t.constant(0)));
  return t.do('choose', x, known, t.do('eq', x, t.constant(Infinity)));
};

/** log(1 + x): log u + (x − (u − 1)) / u with u = 1 + x. */
const log1pOfAny = (t: Terms, x: Term): Term => {
  const u = t.do('add', x, t.constant(1));
  const lost = t.do('sub', x, t.do('sub', u, t.constant(1)));
  const within = t.do('and', t.do('gt', u, t.constant(0)), t.do('lt', u, t.constant(Infinity)));
  const sum = t.do('add', log(t, u), t.do('and', t.do('div', lost, u), within));
  return t.do('choose', x, sum, t.do('eq', u, t.constant(1)));
};

/** e^−|x|. */
const tailOf = (t: Terms, x: Term): Term => exp(t, t.do('neg', t.do('abs', x)));

/** log(1 + x). */
export const log1p = (t: Terms, x: Term): Term =>
  t.isUnit(x) ? log1pOfUnit(t, x) : log1pOfAny(t, x);

/** log(1 + e^x) = max(x, 0) + log(1 + e^−|x|). */
export const softplus = (t: Terms, x: Term): Term =>
  t.do('add', t.do('pmax', x, t.constant(0)), log1pOfUnit(t, tailOf(t, x)));

/** 1 / (1 + e^−x), with all digits of its tail. */
export const sigmoid = (t: Terms, x: Term): Term => {
  const tail = tailOf(t, x);
  const large = t.do('div', t.constant(1), t.do('add', tail, t.constant(1)));
  return t.do('choose', t.do('mul', tail, large), large, t.do('lt', x, t.constant(0)));
};

/** tanh x = ± (1 − e^−2|x|) / (1 + e^−2|x|), and a polynomial where that cancels. */
export const tanh = (t: Terms, x: Term): Term => {
  const size = t.do('abs', x);
  const tail = exp(t, t.do('neg', t.do('abs', t.do('add', x, x))));
  const far = t.do('div', t.do('sub', t.constant(1), tail), t.do('add', t.constant(1), tail));
  const signed = t.do('or', far, t.do('and', x, t.constant(-0)));
  const z = t.do('mul', x, x);
  const p = polynomial(
    t,
    z,
    [
      -0.3333328366279602, 0.13331490755081177, -0.05374349653720856, 0.020650584250688553,
      -0.005717042367905378,
    ],
  );
  const near = t.do('add', x, t.do('mul', x, t.do('mul', z, p)));
  return t.do('choose', near, signed, t.do('lt', size, t.constant(0.625)));
};
