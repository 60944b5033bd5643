// A certified OpenID provider (https://github.com/panva/node-oidc-provider) on a free port, with a sign-in page
// that accepts every name. It prints its issuer when it is ready.
//
// SITE is the site's origin. CLOCK_AHEAD_SECONDS moves the provider's clock.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'

const site = process.env.SITE
const ahead = Number(process.env.CLOCK_AHEAD_SECONDS ?? 0) * 1000
const now = Date.now
Date.now = () => now() + ahead

const { default: Provider } = await import('oidc-provider')

const client = {
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [`${site}/api/session/callback`],
  post_logout_redirect_uris: [`${site}/`],
}
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

const configuration = {
  clients: [
    // Access tokens are for the API, or, as with providers that know no API, for the client itself.
    { ...client, client_id: 'footlight-api' },
    { ...client, client_id: 'footlight-alone' },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] },
  cookies: { keys: [randomUUID()] },
  claims: { openid: ['sub'], email: ['email'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com` }) }),
  pkce: { required: () => true },
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  features: {
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => `${site}/api`,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource, { clientId }) => ({
        scope: '',
        audience: clientId === 'footlight-alone' ? clientId : resource,
        accessTokenTTL: 600,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
}

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  server.on('request', new Provider(issuer, configuration).callback())
  console.log(issuer)
})
