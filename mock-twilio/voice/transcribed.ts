import type { SpokenPart } from './recording-record.ts'

const mostCharacters = 16_000

/** What a machine writes down of what was said: the words in their order, as sentences, and no picture. */
export function transcribed(said: readonly SpokenPart[]): string {
  return said
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ words }) => asSentence(words))
    .filter(sentence => sentence !== '')
    .join(' ')
    .slice(0, mostCharacters)
}

function asSentence(words: string): string {
  const heard = words
    .normalize('NFC')
    .replace(/[\p{C}\s]+/gu, ' ')
    .replace(/[^\p{L}\p{M}\p{N}\p{P}$€£%+ ]/gu, '')
    .replace(/ +/g, ' ')
    .trim()
  if (!/[\p{L}\p{N}]/u.test(heard)) return ''
  const [first = ''] = heard
  const sentence = first.toUpperCase() + heard.slice(first.length)
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}
