/*
 * Documents that tell the provider what to do. https://www.twilio.com/docs/messaging/twiml
 */

const head = '<?xml version="1.0" encoding="UTF-8"?>'

/** Answers a text with one. */
export const messageTwiml = (body: string): string =>
  `${head}<Response><Message>${escaped(body)}</Message></Response>`

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;'
}

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, character => entities[character] ?? character)
