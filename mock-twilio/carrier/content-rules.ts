/*
 * What carriers stop without saying which word did it: error 30007. Rules as data, of which the first that
 * fits decides; `share` is the part of such messages that is stopped. Carriers publish the subjects (sex,
 * hate, alcohol, firearms, tobacco; public link shorteners; shouting), not the shares: these are ours.
 * https://www.twilio.com/docs/api/errors/30007
 */
interface ContentRule {
  readonly name: string
  readonly pattern: RegExp
  readonly share: number
}

const contentRules: readonly ContentRule[] = [
  {
    name: 'link-shortener',
    pattern: /\b(?:bit\.ly|tinyurl\.com|goo\.gl|t\.co|ow\.ly|is\.gd|rb\.gy)\//i,
    share: 0.9
  },
  {
    name: 'shaft',
    pattern: /\b(?:porn|xxx|escorts?|whiske?y|vodka|firearms?|ammo|vape|cannabis|cbd|marijuana)\b/i,
    share: 0.6
  },
  {
    name: 'lure',
    pattern: /\b(?:free money|you(?:'ve| have) won|claim your prize|payday loan|wire transfer)\b/i,
    share: 0.7
  },
  { name: 'shouting', pattern: /^(?=(?:[^A-Z]*[A-Z]){20})[^a-z]+$/s, share: 0.3 }
]

/** More parts than carriers put together again: error 30019. (The number is our reading.) */
export const mostPartsOfCarriers = 10

/** The name of the rule that stops the text, if one does. */
export function filterOf(body: string, fraction: number): string | undefined {
  const rule = contentRules.find(({ pattern }) => pattern.test(body))
  return rule !== undefined && fraction < rule.share ? rule.name : undefined
}
