import { goNumber } from '../../../server/model/go-number.ts';
import { fixed, scientific, significant } from './number-text.ts';
import { typeName, type Value, valueText } from './value.ts';

const VERB = /%([-+# 0]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g;

/** `printf` with the verbs v s q d f e g x t %, widths and precisions (https://pkg.go.dev/fmt). */
export function printf(format: string, args: readonly Value[]): string {
  let next = 0;
  const text = format.replace(VERB, (_, flags: string, width = '0', precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (next >= args.length) return `%!${verb}(MISSING)`;
    const shown = formatted(verb, args[next++], precision === undefined ? undefined : Number(precision), flags);
    return padded(shown, Number(width), flags);
  });
  const extra = args.slice(next).map((arg) => `${typeName(arg)}=${valueText(arg)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function formatted(verb: string, value: Value, precision: number | undefined, flags: string): string {
  const sign =
    flags.includes('+') && (typeof value === 'number' || typeof value === 'bigint') && !(value < 0) ? '+' : '';
  const shown =
    sign + (typeof value === 'number' ? floatText(verb, value, precision) : (otherText(verb, value, precision) ?? ''));
  return shown === sign ? `%!${verb}(${typeName(value)}=${valueText(value)})` : shown;
}

/** Empty for a verb that floats have not. */
function floatText(verb: string, value: number, precision: number | undefined): string {
  if (verb === 'v' || verb === 'g')
    return precision === undefined ? goNumber(value) : significant(value, Math.max(1, precision));
  if (verb === 'f' || verb === 'F') return fixed(value, precision ?? 6);
  return verb === 'e' ? scientific(value, precision ?? 6) : '';
}

function otherText(verb: string, value: Value, precision: number | undefined): string | undefined {
  if (verb === 'v') return valueText(value);
  if (typeof value === 'bigint') return verb === 'd' ? String(value) : verb === 'x' ? value.toString(16) : undefined;
  if (typeof value === 'boolean') return verb === 't' ? String(value) : undefined;
  if (verb === 's') return valueText(value).slice(0, precision);
  return verb === 'q' && typeof value === 'string' ? JSON.stringify(value) : undefined;
}

function padded(text: string, width: number, flags: string): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0')) return text.padStart(width);
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  return sign + digits.padStart(width - sign.length, '0');
}
