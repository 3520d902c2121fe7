import type { Language } from '../../server/model/words/words.ts';
import { createSpeech, ENGLISH, type Speech } from './speech.ts';

/** English is always here; another language is a chunk of its own, for those who read it. */
export async function loadSpeech(language: Language): Promise<Speech> {
  return createSpeech(language === 'en' ? ENGLISH : (await import('./french.ts')).FRENCH);
}
