import type { AccountSeed } from './seeds.ts'

/** The account that every offline setup starts with. These are not secrets: they open nothing but this mock. */
export const developmentAccount = {
  accountId: 'acctMOCK0001',
  /** Of session tokens, with which people join. */
  sdkKey: 'mock-sdk-key-0001',
  sdkSecret: 'mock-sdk-secret-00000000000000001',
  /** Of API tokens, with which the server asks. */
  apiKey: 'mock-api-key-0001',
  apiSecret: 'mock-api-secret-00000000000000001',
  /** Of server-to-server OAuth. */
  clientId: 'mock-client-id-0001',
  clientSecret: 'mock-client-secret-00000000000001',
  /** Of webhooks. */
  secretToken: 'mock_webhook_secret_0001',
  webhookUrl: 'http://127.0.0.1:3000/api/v1/zoom_webhooks'
} as const

export function developmentAccountSeed(
  webhookUrl: string = developmentAccount.webhookUrl
): AccountSeed {
  const { accountId, sdkKey, sdkSecret, apiKey, apiSecret, clientId, clientSecret, secretToken } =
    developmentAccount
  return {
    account_id: accountId,
    friendly_name: 'Local development',
    sdk_key: sdkKey,
    sdk_secret: sdkSecret,
    api_key: apiKey,
    api_secret: apiSecret,
    client_id: clientId,
    client_secret: clientSecret,
    secret_token: secretToken,
    subscriptions: [{ url: webhookUrl }]
  }
}
