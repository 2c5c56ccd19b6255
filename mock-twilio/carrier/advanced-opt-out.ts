import { Type, type Static } from '@sinclair/typebox'

import { keywordReplies, type Keyword, type KeywordTable } from './opt-outs.ts'

/*
 * A messaging service may mind keywords of its own and answer in its own words; the application is then told
 * which kind of keyword it was. Twilio sets this up in its console alone, hence as a world's setting here.
 * https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
 */

const strict = { additionalProperties: false }
const Words = Type.Array(Type.String({ minLength: 1, maxLength: 160 }), { maxItems: 100 })
const Answer = Type.String({ maxLength: 1600 })

export const AdvancedOptOut = Type.Object(
  {
    keywords: Type.Optional(
      Type.Object(
        {
          STOP: Type.Optional(Words),
          START: Type.Optional(Words),
          HELP: Type.Optional(Words)
        },
        { ...strict, description: 'instead of the usual ones of that kind' }
      )
    ),
    replies: Type.Optional(
      Type.Object(
        {
          STOP: Type.Optional(Answer),
          START: Type.Optional(Answer),
          HELP: Type.Optional(Answer)
        },
        strict
      )
    )
  },
  strict
)

export type AdvancedOptOut = Static<typeof AdvancedOptOut>

const kinds: readonly Keyword[] = ['STOP', 'START', 'HELP']

/** The service's keywords; the usual ones of each kind that it does not speak about. */
export function keywordsOf({ keywords = {} }: AdvancedOptOut, usual: KeywordTable): KeywordTable {
  const table = new Map<string, Keyword>()
  for (const kind of kinds) {
    const words = keywords[kind] ?? [...usual].filter(([, is]) => is === kind).map(([word]) => word)
    for (const word of words) table.set(word.trim().toUpperCase(), kind)
  }
  return table
}

export function replyTo(keyword: Keyword, { replies = {} }: AdvancedOptOut): string {
  return replies[keyword] ?? keywordReplies[keyword]
}
