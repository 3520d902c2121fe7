/** From this power of ten on, and below 1e-4, the shortest form has an exponent. */
const LARGE_EXPONENT = 6;

/** A number as Go prints it with `%v`, and as PromQL reads it: the shortest digits that mean it (https://pkg.go.dev/strconv#FormatFloat). */
export function goNumber(value: number): string {
  if (!Number.isFinite(value)) return special(value);
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= LARGE_EXPONENT || exponent < -4) return withExponent(digits, exponent);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** An exponent has two digits at least. */
export function withExponent(digits: string, exponent: number): string {
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** A number as Go prints it with `%e` and the shortest digits. */
export function goExponent(value: number): string {
  if (!Number.isFinite(value)) return special(value);
  const [digits = '', power = '0'] = value.toExponential().split('e');
  return withExponent(digits, Number(power));
}

function special(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
