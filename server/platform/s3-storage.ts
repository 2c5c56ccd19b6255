import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { Clock } from './clock.ts'
import { checkKey, checkLifetime, contentTypeOf, dispositionOf, type Storage } from './storage.ts'

export interface S3Place {
  bucket: string
  /** Put before every key; without slashes at its ends. */
  prefix: string
  region: string
  /** Amazon's own when absent. */
  endpoint: string | undefined
  /** `<endpoint>/<bucket>/<key>` instead of `<bucket>.<endpoint>/<key>`. */
  pathStyle: boolean
}

/** What is held in memory of one object on its way to the store; 10,000 parts are the most of one object. */
const partBytes = 8 * 1_024 * 1_024

/**
 * Objects in a store that speaks S3. A small one is put at once, a large one in parts: either way it appears
 * when it is complete.
 *
 * @param credentials the SDK's usual sources when absent. Links that were signed with a role's credentials end
 *   with its session, whatever lifetime they were given.
 */
export function createS3Storage(deps: {
  place: S3Place
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined
  clock: Clock
}): Storage {
  const { place, credentials, clock } = deps
  const { bucket: Bucket } = place
  const client = new S3Client({
    region: place.region,
    forcePathStyle: place.pathStyle,
    ...(place.endpoint !== undefined && { endpoint: place.endpoint }),
    ...(credentials && { credentials }),
    // Stores other than Amazon's do not all know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED'
  })
  const objectOf = (key: string): { Bucket: string; Key: string } => {
    checkKey(key)
    return { Bucket, Key: place.prefix === '' ? key : `${place.prefix}/${key}` }
  }

  return {
    async put(key, source) {
      const object = objectOf(key)
      const ContentType = contentTypeOf(key)
      const parts = inParts(source)
      const first = await parts.next()
      const start = first.done ? Buffer.alloc(0) : first.value
      if (start.length < partBytes) {
        await client.send(new PutObjectCommand({ ...object, ContentType, Body: start }))
        return { size: start.length }
      }
      return putInParts(client, { ...object, ContentType }, start, parts)
    },

    async get(key) {
      try {
        const found = await client.send(new GetObjectCommand(objectOf(key)))
        if (!(found.Body instanceof Readable)) throw new Error(`${key} came without a body`)
        return {
          size: found.ContentLength ?? 0,
          contentType: contentTypeOf(key),
          body: found.Body
        }
      } catch (error) {
        return nothingIfAbsent(error)
      }
    },

    async stat(key) {
      try {
        const found = await client.send(new HeadObjectCommand(objectOf(key)))
        return { size: found.ContentLength ?? 0 }
      } catch (error) {
        return nothingIfAbsent(error)
      }
    },

    async remove(key) {
      await client.send(new DeleteObjectCommand(objectOf(key)))
    },

    linkTo(key, options) {
      checkLifetime(options)
      const command = new GetObjectCommand({
        ...objectOf(key),
        ResponseContentType: contentTypeOf(key),
        ResponseContentDisposition: dispositionOf(key, options.fileName)
      })
      return getSignedUrl(client, command, {
        expiresIn: Math.ceil(options.lifetimeMs / 1_000),
        signingDate: new Date(clock.now())
      })
    },

    close: () => client.destroy()
  }
}

async function putInParts(
  client: S3Client,
  object: { Bucket: string; Key: string; ContentType: string },
  start: Buffer,
  rest: AsyncIterable<Buffer>
): Promise<{ size: number }> {
  const { Bucket, Key } = object
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object))
  const upload = { Bucket, Key, UploadId }
  try {
    const parts: { PartNumber: number; ETag: string | undefined }[] = []
    let size = 0
    const send = async (Body: Buffer): Promise<void> => {
      const PartNumber = parts.length + 1
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }))
      parts.push({ PartNumber, ETag })
      size += Body.length
    }
    await send(start)
    for await (const part of rest) await send(part)
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } })
    )
    return { size }
  } catch (error) {
    // What stays behind when this fails too is never read, and the bucket's lifecycle rule removes it.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined)
    throw error
  }
}

/** The bytes of a source in portions of `partBytes`; the last may be smaller. */
async function* inParts(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let gathered: Uint8Array[] = []
  let size = 0
  for await (const chunk of source) {
    gathered.push(chunk)
    size += chunk.length
    while (size >= partBytes) {
      const whole = Buffer.concat(gathered)
      yield whole.subarray(0, partBytes)
      gathered = [whole.subarray(partBytes)]
      size -= partBytes
    }
  }
  if (size > 0) yield Buffer.concat(gathered)
}

function nothingIfAbsent(error: unknown): undefined {
  const isAbsence =
    error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound')
  if (!isAbsence) throw error
}
