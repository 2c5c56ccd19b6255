import { XMLParser, XMLValidator } from 'fast-xml-parser'

/*
 * The answers that an application gives to an inbound message: a Response of Message and Redirect.
 * https://www.twilio.com/docs/messaging/twiml
 */

export interface MessageVerb {
  verb: 'Message'
  to: string | undefined
  from: string | undefined
  action: string | undefined
  method: string
  statusCallback: string | undefined
  body: string
  media: string[]
}

export interface RedirectVerb {
  verb: 'Redirect'
  method: string
  url: string
}

export type TwimlProblem = { code: 12100 | 12200 | 14103 | 14104 | 14110; message: string }

export interface Twiml {
  verbs: (MessageVerb | RedirectVerb)[]
  /** What the debugger would warn of; verbs that are not understood are left out. */
  warnings: TwimlProblem[]
}

export interface TwimlElement {
  name: string
  attributes: Record<string, string>
  text: string
  /** With the text of the elements within. */
  fullText: string
  children: TwimlElement[]
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  cdataPropName: '#cdata'
})

/** The document, or why it is none. */
export function parseTwiml(xml: string): Twiml | TwimlProblem {
  const root = readResponse(xml)
  if ('code' in root) return root
  const twiml: Twiml = { verbs: [], warnings: [] }
  for (const element of root.children) addVerb(twiml, element)
  return twiml
}

/** The root of a document, whatever it is about, or why it is none. */
export function readResponse(xml: string): TwimlElement | { code: 12100; message: string } {
  const trimmed = xml.trim()
  const valid = XMLValidator.validate(trimmed)
  if (valid !== true) return { code: 12100, message: valid.err.msg }
  const parsed = parse(trimmed)
  if ('problem' in parsed) return { code: 12100, message: parsed.problem }
  const [root, ...others] = elementsIn(parsed.nodes)
  if (others.length > 0) return { code: 12100, message: 'a document has one root' }
  if (root?.name !== 'Response') {
    return { code: 12100, message: `the root is Response, got ${root?.name ?? 'nothing'}` }
  }
  return root
}

/** The parser refuses names that are dangerous in JavaScript by throwing. */
function parse(xml: string): { nodes: unknown } | { problem: string } {
  try {
    return { nodes: parser.parse(xml) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

function addVerb({ verbs, warnings }: Twiml, element: TwimlElement): void {
  const { name, attributes, text, children } = element
  const method = attributes['method'] ?? 'POST'
  if (method !== 'GET' && method !== 'POST') {
    warnings.push({ code: 14104, message: `the method of ${name} is GET or POST, got ${method}` })
    return
  }
  if (name === 'Redirect') {
    verbs.push({ verb: 'Redirect', method, url: text.trim() })
    return
  }
  if (name !== 'Message') {
    const isVoice = ['Say', 'Play', 'Dial', 'Gather', 'Record', 'Hangup', 'Reject'].includes(name)
    warnings.push(
      isVoice
        ? { code: 14110, message: `${name} is a verb of calls, not of messages` }
        : { code: 12200, message: `${name} is no verb` }
    )
    return
  }
  const bodies = children.filter(child => child.name === 'Body').map(child => child.text)
  const media = children.filter(child => child.name === 'Media').map(child => child.text.trim())
  const body = bodies.length > 0 ? bodies.join('') : text.trim()
  if (body === '' && media.length === 0) {
    warnings.push({ code: 14103, message: 'a Message has neither text nor media' })
    return
  }
  const { to, from, action, statusCallback } = attributes
  verbs.push({ verb: 'Message', to, from, action, method, statusCallback, body, media })
}

/** The parser's ordered form: [{ Name: [children], ':@': { attribute: value } }, { '#text': '…' }]. */
function elementsIn(nodes: unknown): TwimlElement[] {
  if (!Array.isArray(nodes)) return []
  return nodes.flatMap((node: unknown) => {
    if (!isRecord(node)) return []
    const name = Object.keys(node).find(key => key !== ':@' && !key.startsWith('#'))
    if (name === undefined) return []
    const inside = node[name]
    const attributes: Record<string, string> = {}
    for (const [key, value] of Object.entries(isRecord(node[':@']) ? node[':@'] : {})) {
      attributes[key] = String(value)
    }
    return [
      {
        name,
        attributes,
        text: textIn(inside),
        fullText: fullTextIn(inside),
        children: elementsIn(inside)
      }
    ]
  })
}

function textIn(nodes: unknown): string {
  if (!Array.isArray(nodes)) return ''
  return nodes
    .map((node: unknown) => {
      if (!isRecord(node)) return ''
      if ('#cdata' in node) return textIn(node['#cdata'])
      return typeof node['#text'] === 'string' ? node['#text'] : ''
    })
    .join('')
}

function fullTextIn(nodes: unknown): string {
  if (!Array.isArray(nodes)) return ''
  return nodes
    .map((node: unknown) => {
      if (!isRecord(node)) return ''
      const name = Object.keys(node).find(key => key !== ':@' && !key.startsWith('#'))
      return name === undefined ? textIn([node]) : fullTextIn(node[name])
    })
    .join('')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
