import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { invariant } from '../../server/model/errors.ts';
import type { Api } from '../api/client.ts';
import type { Live } from '../live/live.ts';

/** What the pages reach the server with. */
export interface Services {
  readonly api: Api;
  readonly live: Live;
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  invariant(services !== undefined, 'a page stands outside the frame');
  return services;
}
