import { goNumber, withExponent } from '../../../server/model/go-number.ts';

/** Numbers as Go writes them (https://pkg.go.dev/fmt, https://pkg.go.dev/strconv#FormatFloat): halves are rounded to even. */

/** Digits enough to see a half: those of a double that end in one are far fewer. */
const EXACT_DIGITS = 60;

/** `%.<precision>f`. */
export function fixed(value: number, precision: number): string {
  if (!Number.isFinite(value)) return goNumber(value);
  const { sign, digits, exponent } = rounded(value, (exact) => exact + 1 + precision);
  const all = digits
    .padStart(digits.length + Math.max(0, -exponent), '0')
    .padEnd(Math.max(0, exponent) + 1 + precision, '0');
  const point = Math.max(0, exponent) + 1;
  return `${sign}${all.slice(0, point)}${precision > 0 ? `.${all.slice(point, point + precision)}` : ''}`;
}

/** `%.<precision>g`: so many significant digits, without zeros at the end. */
export function significant(value: number, precision: number): string {
  if (!Number.isFinite(value)) return goNumber(value);
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const { sign, digits, exponent } = rounded(value, () => precision);
  const kept = digits.replace(/0+$/, '') || '0';
  if (exponent < -4 || exponent >= precision) return sign + withExponent(mantissa(kept), exponent);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${kept}`;
  const whole = kept.padEnd(exponent + 1, '0');
  const fraction = whole.slice(exponent + 1);
  return `${sign}${whole.slice(0, exponent + 1)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** `%.<precision>e`. */
export function scientific(value: number, precision: number): string {
  if (!Number.isFinite(value)) return goNumber(value);
  const { sign, digits, exponent } = rounded(value, () => precision + 1);
  return sign + withExponent(mantissa(digits), exponent);
}

function mantissa(digits: string): string {
  return digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
}

/** The digits that are left when only so many count, and the power of ten of the first. */
function rounded(value: number, countOf: (exponent: number) => number) {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [written = '', power = '0'] = Math.abs(value).toExponential(EXACT_DIGITS).split('e');
  const all = written.replace('.', '');
  const exponent = Number(power);
  const count = countOf(exponent);
  if (count < 0) return { sign, digits: '', exponent };
  const kept = BigInt(`0${all.slice(0, count)}`);
  const rest = all.slice(count);
  const isHalf = /^50*$/.test(rest);
  const up = rest >= '5' && !(isHalf && kept % 2n === 0n);
  const digits = String(up ? kept + 1n : kept).padStart(count, '0');
  const carried = digits.length > count && digits !== '0';
  return {
    sign,
    digits: carried ? digits.slice(0, Math.max(count, 1)) : digits,
    exponent: carried ? exponent + 1 : exponent,
  };
}
