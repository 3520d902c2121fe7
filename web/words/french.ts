import { fr as shared } from '../../server/model/words/fr.ts';
import { fr as words } from './fr.ts';
import type { Catalogue } from './speech.ts';

export const FRENCH: Catalogue = { language: 'fr', words, shared };
