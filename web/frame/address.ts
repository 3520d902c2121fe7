import { type Signal, useSignal, useSignalEffect } from '@preact/signals';

/** A part of the page's state that lives in the address, so that a reload or a colleague sees the same page. */
export interface AddressPart<T> {
  readonly name: string;
  /** Of the parameter's text; null when it is not there. */
  read(text: string | null): T;
  /** Undefined: what goes without saying. */
  write(value: T): string | undefined;
}

/** What the address of the page says of a part now. */
export function addressOf<T>({ name, read }: AddressPart<T>): T {
  return read(new URLSearchParams(globalThis.location?.search ?? '').get(name));
}

export function useAddress<T>(part: AddressPart<T>): Signal<T> {
  const value = useSignal(addressOf(part));
  useSignalEffect(() => {
    const query = queryWith(location.search, part.name, part.write(value.value));
    history.replaceState(history.state, '', location.pathname + query);
  });
  return value;
}

/** The same query with another value of one parameter; what else it says stays. */
export function queryWith(query: string, name: string, value: string | undefined): string {
  const params = new URLSearchParams(query);
  if (value === undefined) params.delete(name);
  else params.set(name, value);
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
