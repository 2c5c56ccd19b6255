export type KeywordAction = 'opt_out' | 'opt_in' | 'help'

export interface Keyword {
  /** In capitals, whatever the sender typed. */
  keyword: string
  action: KeywordAction
}

// The provider's default keywords for long codes, and the spellings of OPT OUT: carriers and regulators
// (47 CFR 64.1200(a)(10)) take those as a clear refusal too.
// https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
const actions: ReadonlyMap<string, KeywordAction> = new Map([
  ['STOP', 'opt_out'],
  ['STOPALL', 'opt_out'],
  ['UNSUBSCRIBE', 'opt_out'],
  ['CANCEL', 'opt_out'],
  ['END', 'opt_out'],
  ['QUIT', 'opt_out'],
  ['REVOKE', 'opt_out'],
  ['OPTOUT', 'opt_out'],
  ['OPT-OUT', 'opt_out'],
  ['OPT_OUT', 'opt_out'],
  ['OPT OUT', 'opt_out'],
  ['START', 'opt_in'],
  ['YES', 'opt_in'],
  ['UNSTOP', 'opt_in'],
  ['HELP', 'help'],
  ['INFO', 'help']
] satisfies [string, KeywordAction][])

/**
 * The keyword that the whole message is: case-insensitive, with any Unicode white space around it, and
 * nothing else. "STOP PLEASE" is a sentence to a teacher, and so are "Stop!" and "End.": punctuation is
 * part of the message, as it is for the provider. Were we to read more into a message than the provider
 * does, a parent would be silenced without the confirmation that says so and how to come back.
 */
export const keywordOf = (body: string): Keyword | undefined => {
  const keyword = body.trim().toUpperCase()
  const action = actions.get(keyword)
  return action && { keyword, action }
}
