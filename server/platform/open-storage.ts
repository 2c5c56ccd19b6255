import type { Config } from '../config.ts'
import type { Clock } from './clock.ts'
import { createFolderStorage } from './folder-storage.ts'
import { createS3Storage, type S3Place } from './s3-storage.ts'
import { developmentSecretKey } from './secrets.ts'
import { createLinkSigner } from './signed-links.ts'
import type { Storage } from './storage.ts'

/** Storage as the configuration says. Nothing is read or written yet. */
export function openStorage(
  config: Pick<
    Config,
    'STORAGE_URL' | 'STORAGE_ACCESS_KEY_ID' | 'STORAGE_SECRET_ACCESS_KEY' | 'PUBLIC_URL'
  > & { SECRET_KEY: string },
  clock: Clock
): Storage {
  if (config.STORAGE_URL.startsWith('file:'))
    return createFolderStorage({
      folder: config.STORAGE_URL.slice('file:'.length),
      publicUrl: config.PUBLIC_URL,
      links: createLinkSigner(config.SECRET_KEY || developmentSecretKey),
      clock
    })
  return createS3Storage({
    place: readS3Place(config.STORAGE_URL),
    credentials:
      config.STORAGE_ACCESS_KEY_ID === ''
        ? undefined
        : {
            accessKeyId: config.STORAGE_ACCESS_KEY_ID,
            secretAccessKey: config.STORAGE_SECRET_ACCESS_KEY
          },
    clock
  })
}

/** `s3://bucket/prefix?region=…&endpoint=…&path_style=true` */
export function readS3Place(text: string): S3Place {
  const url = new URL(text)
  return {
    bucket: url.hostname,
    prefix: url.pathname.replaceAll(/^\/+|\/+$/g, ''),
    region: url.searchParams.get('region') ?? 'us-east-1',
    endpoint: url.searchParams.get('endpoint') ?? undefined,
    pathStyle: url.searchParams.get('path_style') === 'true'
  }
}
