import type { AnnouncementLedger } from '../../server/features/announcements/schemas.ts'

/** Where the two parties can be asked. */
export interface Parties {
  apiUrl: string
  token: string
  mockUrl: string
}

export interface Verdict {
  ledger: AnnouncementLedger
  /** What does not agree, in sentences. None, when all is well. */
  findings: string[]
}

interface Message {
  recipient_number: string
  provider_number: string
  body: string
  message_sid: string | null
  internal_status: string
}

interface Announcement {
  created_at: string
  ledger: AnnouncementLedger
  messages: Message[]
}

interface Created {
  sid: string
  to: string
  from: string
  body: string
  direction: string
}

/**
 * Holds the ledger of an announcement against the journal of the mock: the sums are right, everybody whom the
 * provider is said to have is there once, and nobody is there who is said not to be. A text of the same
 * words from the same number to the same person, sent later by somebody else, would count as a second one.
 */
export async function verifyLedger(id: string, parties: Parties): Promise<Verdict> {
  const { ledger, messages, created_at: since } = await readAnnouncement(id, parties)
  const findings = flawsOfSums(ledger, messages)
  const created = Map.groupBy(await readCreated(since, parties), textOf)
  const seen = new Set<string>()
  for (const message of messages) {
    const { recipient_number: recipient, message_sid: sid, internal_status: status } = message
    if (seen.has(recipient)) findings.push(`${recipient} is in the announcement twice`)
    seen.add(recipient)
    const entries =
      created.get(textOf({ to: recipient, from: message.provider_number, body: message.body })) ??
      []
    const expected = sid === null ? 0 : 1
    if (sid !== null && entries.length === 1 && entries[0]?.sid !== sid)
      findings.push(`${recipient}: the mock has ${entries[0]?.sid} in the place of ${sid}`)
    // Between the two answers one may have been sent whose answer is not stored yet.
    if (entries.length !== expected && !(status === 'sending' && entries.length <= 1))
      findings.push(`${recipient} is ${status}, and the mock has ${entries.length} of it`)
  }
  return { ledger, findings }
}

function flawsOfSums(ledger: AnnouncementLedger, messages: readonly Message[]): string[] {
  const { accepted, pending, sent, refused, blocked, canceled } = ledger
  const sum = pending + sent + refused + blocked + canceled
  const flaws: string[] = []
  if (accepted !== sum) flaws.push(`accepted is ${accepted}, and its parts are ${sum}`)
  if (messages.length > accepted)
    flaws.push(`accepted is ${accepted}, and ${messages.length} have a message`)
  return flaws
}

const textOf = ({ from, to, body }: Pick<Created, 'from' | 'to' | 'body'>): string =>
  `${from} ${to} ${body}`

async function readAnnouncement(id: string, parties: Parties): Promise<Announcement> {
  const path = `${parties.apiUrl}/api/v1/announcements/${encodeURIComponent(id)}`
  const messages: Message[] = []
  for (let cursor = ''; ;) {
    const answer = await fetch(`${path}?limit=1000${cursor}`, {
      headers: { authorization: `Bearer ${parties.token}` }
    })
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${await answer.text()}`)
    const page: Announcement = JSON.parse(await answer.text())
    messages.push(...page.messages)
    const next = answer.headers.get('x-next-cursor')
    if (next === null) return { ...page, messages }
    cursor = `&cursor=${encodeURIComponent(next)}`
  }
}

async function readCreated(since: string, { mockUrl }: Parties): Promise<Created[]> {
  const query = new URLSearchParams({ kind: 'message.created', format: 'ndjson', since })
  const answer = await fetch(`${mockUrl}/_mock/journal?${query.toString()}`)
  if (!answer.ok) throw new Error(`The mock's journal answered ${answer.status}`)
  const lines = (await answer.text()).split('\n').filter(line => line !== '')
  return lines
    .map((line): Created => JSON.parse(line))
    .filter(({ direction }) => direction === 'outbound-api')
}
