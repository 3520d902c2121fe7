/** One event of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html), `data` joined. */
export interface ServerEvent {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/** The events of a body, as they come in. Comments and fields of no use here are left out. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = eventOf(block);
      if (event.data !== '') yield event;
    }
  }
}

function eventOf(block: string): ServerEvent {
  const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/s.exec(line));
  const all = (name: string): string =>
    fields.flatMap((field) => (field?.[1] === name ? [field[2] ?? ''] : [])).join('\n');
  return { event: all('event'), id: all('id'), data: all('data') };
}
