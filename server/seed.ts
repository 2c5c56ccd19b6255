import { randomBytes } from 'node:crypto'
import type { Deps } from './app.ts'
import { ApiKey } from './features/api-keys/api-key.entity.ts'
import { createApiKey } from './features/api-keys/routes.ts'
import { Bearer } from './features/bearers/bearer.entity.ts'
import { MessagingService } from './features/messaging-services/messaging-service.entity.ts'
import { ProviderNumber } from './features/messaging-services/provider-number.entity.ts'
import type { Transaction } from './platform/database.ts'
import { sha256 } from './platform/secrets.ts'
import { createToken } from './platform/tokens.ts'

type SeedDeps = Pick<Deps, 'database' | 'clock' | 'secrets' | 'config' | 'log'>

/** In mock mode every clone has this administrator's token. It opens nothing but a server without secrets. */
export const developmentToken = createToken(Buffer.from('offline-development-token-000001'))

/** The numbers, messaging service and parent that stand ready in mock mode. */
export const development = {
  messagingServiceUuid: '01933f1a-2b00-7000-8000-000000000001',
  messagingServiceSid: 'MG00000000000000000000000000000001',
  numbers: [
    { number: '+16015550100', sid: 'PN00000000000000000000000000000001' },
    { number: '+16015550101', sid: 'PN00000000000000000000000000000002' }
  ],
  parentNumber: '+16015550142',
  callbackUsername: 'client-app',
  callbackPassword: 'client-app-password',
  signingSecret: `whsec_${Buffer.from('offline-development-secret-1').toString('base64')}`
} as const

/**
 * Makes the first administrator and its key on a database that has none, and prints the token: the only time
 * that it can be seen. In mock mode the token is the development one, and a messaging service with two
 * numbers, known to mock-twilio too, stands ready.
 */
export async function seedFirstKey(deps: SeedDeps): Promise<void> {
  const isMock = deps.config.TWILIO_MODE === 'mock'
  const token = isMock ? developmentToken : createToken()
  const isFirstStart = await deps.database.transaction(async tx => {
    if ((await tx.em.count(ApiKey)) > 0) return false
    const bearer = await createBearer(
      deps,
      tx,
      { bearerName: 'admin', bearerType: 'Admin', username: 'admin' },
      isMock ? development.signingSecret : undefined
    )
    await createApiKey(tx, bearer.id, deps.clock.now(), token)
    if (isMock) await createDevelopmentNumbers(deps, tx, bearer.id)
    return true
  })
  if (isFirstStart && !isMock)
    process.stdout.write(
      `First start: the token of the administrator is ${token}\nIt is not shown again.\n`
    )
}

/** For the offline stack: the administrator's events go to the client application that runs beside it. */
export async function seedDevelopment(deps: SeedDeps, callbackUrl: string): Promise<void> {
  await seedFirstKey(deps)
  await deps.database.transaction(async tx => {
    const key = await tx.em.findOneOrFail(ApiKey, { tokenHash: sha256(developmentToken) })
    const bearer = await tx.em.findOneOrFail(Bearer, { id: key.bearerId })
    bearer.callbackUrl = callbackUrl
    bearer.username = development.callbackUsername
    bearer.passwordCipher = deps.secrets.seal(development.callbackPassword)
  })
}

async function createDevelopmentNumbers(
  { clock }: SeedDeps,
  tx: Transaction,
  bearerId: number
): Promise<void> {
  const now = clock.now()
  const service = tx.em.create(MessagingService, {
    uuid: development.messagingServiceUuid,
    bearerId,
    name: 'Local district',
    globalCustomerId: 'local-district',
    providerName: 'twilio',
    providerMessagingSid: development.messagingServiceSid,
    twilioMessagingSid: development.messagingServiceSid,
    stateCode: 'MS',
    createdAt: now,
    updatedAt: now
  })
  await tx.em.flush()
  for (const { number, sid } of development.numbers)
    tx.em.create(ProviderNumber, {
      messagingServiceId: service.id,
      number,
      sid,
      stateCode: 'MS',
      announcementNumber: false,
      numberType: 'long_code',
      nextSlotAt: 0,
      nextSendAt: 0,
      placedAt: now,
      createdAt: now
    })
}

/** A bearer whose events go nowhere yet, with secrets that nobody was told. */
export async function createBearer(
  { secrets, clock }: Pick<SeedDeps, 'secrets' | 'clock'>,
  tx: Transaction,
  named: Pick<Bearer, 'bearerName' | 'bearerType' | 'username'>,
  signingSecret?: string
): Promise<Bearer> {
  const now = clock.now()
  const bearer = tx.em.create(Bearer, {
    ...named,
    callbackUrl: null,
    passwordCipher: secrets.seal(randomBytes(24).toString('base64url')),
    signingSecretCipher: secrets.seal(
      signingSecret ?? `whsec_${randomBytes(24).toString('base64')}`
    ),
    createdAt: now,
    updatedAt: now
  })
  await tx.em.flush()
  return bearer
}
