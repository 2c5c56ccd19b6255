import { createHash } from 'node:crypto'
import { readConfig } from '../../config.ts'
import type { CodeSample } from '../../platform/openapi.ts'
import { signatureOf } from '../../providers/twilio/signature.ts'

/*
 * Requests of providers for the API document, each of which works as it is pasted: signed for the offline stack, with
 * the secrets that every clone has and that open nothing else.
 */

const offline = readConfig({})
const label = 'Signed for the offline stack'

type Parameters = Readonly<Record<string, string>>
type Sample = (path: string) => CodeSample

const urlOf = (path: string, query: Parameters = {}): string => {
  const parameters = new URLSearchParams(query)
  return `${offline.PUBLIC_URL}${path}${parameters.size > 0 ? `?${parameters.toString()}` : ''}`
}

const curl = (method: 'GET' | 'POST', url: string, options: readonly string[]): CodeSample => ({
  lang: 'Shell',
  label,
  source: [`curl -X ${method} '${url}'`, ...options].join(' \\\n  ')
})

const signatureHeader = (url: string, form: Parameters): string =>
  `-H 'X-Twilio-Signature: ${signatureOf(offline.TWILIO_AUTH_TOKEN, url, form)}'`

export interface FormRequest {
  /** Without one it is a GET. */
  form?: Parameters
  query?: Parameters
  /** In the path. */
  uuid?: string
}

/** A form of Twilio's, signed with the URL. */
export const signedForm =
  ({ form, query, uuid = '' }: FormRequest): Sample =>
  path => {
    const url = urlOf(path.replace(':uuid', uuid), query)
    return curl(form === undefined ? 'GET' : 'POST', url, [
      signatureHeader(url, form ?? {}),
      ...Object.entries(form ?? {}).map(([name, value]) => `--data-urlencode '${name}=${value}'`)
    ])
  }

/** JSON of Twilio's: the URL that is signed has the digest of the body. */
export const signedJson =
  (body: unknown): Sample =>
  path => {
    const text = JSON.stringify(body)
    const url = urlOf(path, { bodySHA256: createHash('sha256').update(text).digest('hex') })
    return curl('POST', url, [
      "-H 'Content-Type: application/json'",
      signatureHeader(url, {}),
      `--data '${text}'`
    ])
  }

/** An event of Zoom's, which is signed together with the time: only a script can. */
export const signedZoomEvent =
  (event: unknown): Sample =>
  path => ({
    lang: 'Node',
    label,
    source: `const { createHmac } = await import('node:crypto')
const body = JSON.stringify(${JSON.stringify(event)})
const timestamp = String(Math.floor(Date.now() / 1_000))
const signature = createHmac('sha256', '${offline.ZOOM_WEBHOOK_SECRET}')
  .update(\`v0:\${timestamp}:\${body}\`)
  .digest('hex')
const answer = await fetch('${urlOf(path)}', {
  method: 'POST',
  headers: {
    'content-type': 'application/json',
    'x-zm-request-timestamp': timestamp,
    'x-zm-signature': \`v0=\${signature}\`
  },
  body
})
console.log(answer.status, await answer.text())`
  })
