/*
 * Documents that tell the provider what to do.
 * https://www.twilio.com/docs/messaging/twiml, https://www.twilio.com/docs/voice/twiml
 */

const head = '<?xml version="1.0" encoding="UTF-8"?>'

/** Answers a text with one. */
export const messageTwiml = (body: string): string =>
  `${head}<Response><Message>${escaped(body)}</Message></Response>`

/** What is to be heard in a call. Voice and language are the provider's usual ones when absent. */
export type Speech =
  | { say: string; voice?: string | null; language?: string | null }
  | { play: string }

/** Speaks, and hangs up. */
export const speechTwiml = (parts: readonly Speech[]): string =>
  `${head}<Response>${parts.map(element).join('')}</Response>`

/** Speaks and listens for one key, which is told to `action`; hangs up when none is pressed. */
export const menuTwiml = (
  parts: readonly Speech[],
  { action, timeoutSeconds }: { action: string; timeoutSeconds: number }
): string => {
  const attributes = attributesOf({
    numDigits: '1',
    timeout: String(timeoutSeconds),
    action,
    method: 'POST',
    // Every key is an answer.
    finishOnKey: ''
  })
  return `${head}<Response><Gather${attributes}>${parts.map(element).join('')}</Gather></Response>`
}

function element(part: Speech): string {
  if ('play' in part) return `<Play>${escaped(part.play)}</Play>`
  const { say, voice, language } = part
  return `<Say${attributesOf({ voice, language })}>${escaped(say)}</Say>`
}

const attributesOf = (attributes: Record<string, string | null | undefined>): string =>
  Object.entries(attributes)
    .filter(([, value]) => typeof value === 'string')
    .map(([name, value]) => ` ${name}="${escaped(value ?? '')}"`)
    .join('')

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;'
}

/** What XML 1.0 has no place for, escaped or not, is left out. */
const unwritable = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

const escaped = (text: string): string =>
  text
    .replaceAll(unwritable, '')
    .replaceAll(/[&<>"']/g, character => entities[character] ?? character)
