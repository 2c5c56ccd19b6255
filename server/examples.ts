/**
 * What the API document's examples name and the server itself gives names to. In the offline stack it is there,
 * see `seedExamples`, so that an example works as it stands.
 */
export const examples = {
  /** An application: an administrator who tries the examples keeps their own bearer. */
  bearerId: 2,
  /** Spare ones of the administrator's. */
  apiKeyId: 2,
  ownApiKeyId: 3,
  messageUuid: '01933f1a-2b00-7000-8000-000000000003',
  conferenceCallUuid: '01933f1a-2b00-7000-8000-000000000004',
  callUuid: '01933f1a-2b00-7000-8000-000000000005',
  numberJobUuid: '01933f1a-2b00-7000-8000-000000000006',
  targetServiceUuid: '01933f1a-2b00-7000-8000-000000000002',
  targetServiceSid: 'MG00000000000000000000000000000002',
  /** To be deleted, when the first was retried. */
  secondDeadLetterId: 2
} as const
