import type { Ingress } from '../../api/types'

/**
 * Return the server and the key in one address.
 *
 * LiveKit Ingress reads the last part of an RTMP address as the key, and accepts a key in the path of WHIP.
 */
export function addressWithKey({ serverUrl, streamKey }: Ingress): string {
  return `${serverUrl.replace(/\/+$/, '')}/${streamKey}`
}
