/** What a roll-up slot tells of samples in time order that it holds, counted one by one. */
export function recounted(rows: readonly (readonly [time: number, value: number])[]) {
  const values = rows.map(([, value]) => value);
  const before = values.filter((value, i) => (values[i + 1] ?? value) < value);
  return {
    n: rows.length,
    first: values[0],
    last: values.at(-1),
    adj: before.reduce((a, b) => a + b, 0),
    sum: values.reduce((a, b) => a + b, 0),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}
