interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: { metric: Record<string, string>; value: [number, string] }[] };
}

/** Asks a server over its API. Rejects with what it says when it refuses. `time` is RFC 3339; now unless given. */
async function instantQuery(url: string, query: string, time?: string): Promise<Answer['data']['result']> {
  const params = new URLSearchParams({ query, ...(time === undefined ? {} : { time }) });
  const response = await fetch(`${url}/api/v1/query?${params}`);
  const answer = (await response.json()) as Answer;
  if (answer.status !== 'success') throw new Error(`cannot query ${query}: ${answer.error}`);
  return answer.data.result;
}

/** The one value of an aggregation; 0 when nothing was selected. */
export async function queriedNumber(url: string, query: string, time?: string): Promise<number> {
  const result = await instantQuery(url, query, time);
  if (result.length > 1) throw new Error(`${query} gave ${result.length} values; want one`);
  return Number(result[0]?.value[1] ?? 0);
}

/** A value per value of one label. */
export async function queriedBy(
  url: string,
  label: string,
  query: string,
  time?: string,
): Promise<Record<string, number>> {
  const result = await instantQuery(url, query, time);
  return Object.fromEntries(result.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])]));
}
