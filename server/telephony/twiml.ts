/*
 * Documents that tell the provider what to do.
 * https://www.twilio.com/docs/messaging/twiml, https://www.twilio.com/docs/voice/twiml
 */

const head = '<?xml version="1.0" encoding="UTF-8"?>'

/** Answers a text with one. */
export const messageTwiml = (body: string): string =>
  documentOf(element('Message', {}, { text: body }))

/** What is to be heard in a call. Voice and language are the provider's usual ones when absent. */
export type Speech =
  | { say: string; voice?: string | null; language?: string | null }
  | { play: string }

/** Speaks, and hangs up. */
export const speechTwiml = (parts: readonly Speech[]): string =>
  documentOf(parts.map(speechElement).join(''))

/** Speaks and listens for one key, which is told to `action`; hangs up when none is pressed. */
export const menuTwiml = (
  parts: readonly Speech[],
  { action, timeoutSeconds }: { action: string; timeoutSeconds: number }
): string => {
  const attributes = {
    numDigits: '1',
    timeout: String(timeoutSeconds),
    action,
    method: 'POST',
    // Every key is an answer.
    finishOnKey: ''
  }
  return documentOf(element('Gather', attributes, { inner: parts.map(speechElement).join('') }))
}

export function speechElement(part: Speech): string {
  if ('play' in part) return element('Play', {}, { text: part.play })
  const { say, voice, language } = part
  return element('Say', { voice, language }, { text: say })
}

/** Those without a value are left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>

export const documentOf = (inner: string): string => `${head}<Response>${inner}</Response>`

/** @param content text, which is escaped, or elements */
export function element(
  name: string,
  attributes: Attributes = {},
  content: { text: string } | { inner: string } = { inner: '' }
): string {
  const inner = 'text' in content ? escaped(content.text) : content.inner
  const opening = `${name}${attributesOf(attributes)}`
  return inner === '' ? `<${opening}/>` : `<${opening}>${inner}</${name}>`
}

const attributesOf = (attributes: Attributes): string =>
  Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
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
