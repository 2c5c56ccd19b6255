import { Type } from '@sinclair/typebox'

import { refusal } from '../../errors.ts'
import { withBody, type Call, type Operation } from '../../operation.ts'
import type { StorageLocation } from '../../resources/stream.ts'

/*
 * An account's own storage. Settings are kept and shown; recordings still lie here, as there is no bucket. The
 * spelling of `bring_our_own_storage` is Zoom's.
 */

const StorageSetting = Type.Object({
  bring_our_own_storage: Type.Boolean(),
  storage_location_id: Type.Optional(Type.String({ maxLength: 300 }))
})

const text = Type.String({ minLength: 1, maxLength: 300 })

const S3 = Type.Object({
  region: text,
  bucket: text,
  authentication_mechanism: Type.Literal('aws_access_key'),
  access_key: Type.Object({ id: text, key: text })
})

const NewLocation = Type.Object({
  name: text,
  provider: Type.Literal('aws_s3'),
  s3: S3
})

const LocationChange = Type.Object({ name: Type.Optional(text), s3: Type.Optional(S3) })

export const updateStorage: Operation = {
  name: 'update-storage',
  method: 'PATCH',
  path: '/videosdk/settings/storage',
  label: 'Light',
  status: 204,
  handle: withBody(StorageSetting, ({ world }, body) => {
    const { bring_our_own_storage: isOwn, storage_location_id: id } = body
    if (id !== undefined && !world.locations.has(id)) throw refusal('unknownLocation', id)
    world.storage.isOwn = isOwn
    world.storage.locationId = id ?? world.storage.locationId
    return undefined
  })
}

export const listLocations: Operation = {
  name: 'list-storage-locations',
  method: 'GET',
  path: '/videosdk/settings/storage/location',
  label: 'Light',
  status: 200,
  handle: ({ world }) =>
    [...world.locations.values()].map(location => ({
      ...shownLocation(location),
      selected: location.id === world.storage.locationId
    }))
}

export const createLocation: Operation = {
  name: 'create-storage-location',
  method: 'POST',
  path: '/videosdk/settings/storage/location',
  label: 'Light',
  status: 201,
  handle: withBody(NewLocation, ({ world }, { name, provider, s3 }) => {
    const { region, bucket, access_key: accessKey } = s3
    const id = world.ids.token()
    const location = { id, name, provider, region, bucket, accessKeyId: accessKey.id }
    world.locations.set(id, location)
    return shownLocation(location)
  })
}

export const fetchLocation: Operation = {
  name: 'fetch-storage-location',
  method: 'GET',
  path: '/videosdk/settings/storage/location/{storageLocationId}',
  label: 'Light',
  status: 200,
  // Nobody tries the key.
  handle: call => ({ ...shownLocation(findLocation(call)), verify_status: 'success' })
}

export const updateLocation: Operation = {
  name: 'update-storage-location',
  method: 'PATCH',
  path: '/videosdk/settings/storage/location/{storageLocationId}',
  label: 'Light',
  status: 204,
  handle: withBody(LocationChange, (call, { name, s3 }) => {
    const location = findLocation(call)
    location.name = name ?? location.name
    location.region = s3?.region ?? location.region
    location.bucket = s3?.bucket ?? location.bucket
    location.accessKeyId = s3?.access_key.id ?? location.accessKeyId
    return undefined
  })
}

export const deleteLocation: Operation = {
  name: 'delete-storage-location',
  method: 'DELETE',
  path: '/videosdk/settings/storage/location/{storageLocationId}',
  label: 'Light',
  status: 204,
  handle: call => {
    call.world.locations.delete(findLocation(call).id)
    return undefined
  }
}

function findLocation({ world, params }: Call): StorageLocation {
  const { storageLocationId: id = '' } = params
  const location = world.locations.get(id)
  if (location === undefined) throw refusal('unknownLocation', id)
  return location
}

/** Without its key. */
function shownLocation(location: StorageLocation): Record<string, unknown> {
  const { id, name, provider, region, bucket } = location
  return { id, name, provider, s3: { region, bucket, authentication_mechanism: 'aws_access_key' } }
}
