/** The API's answers by the product's names; each is looked up in the generated types, none spelt by hand. */
import type { paths } from './schema.gen'

type Answer<Operation> = Operation extends {
  responses: { 200: { content: { 'application/json': infer Body } } }
}
  ? Body
  : never

export type ViewerToken = Answer<paths['/api/token']['post']>
export type Ingress = Answer<paths['/api/ingress']['get']>
export type InputType = Ingress['inputType']
export type Home = Answer<paths['/api/pages/home']['get']>
export type SearchResults = Answer<paths['/api/pages/search']['get']>
export type Channel = Home['streams'][number]
export type ChannelPage = Answer<paths['/api/pages/channels/{username}']['get']>
export type Dashboard = Answer<paths['/api/pages/dashboard']['get']>
export type User = ChannelPage['user']
export type Stream = ChannelPage['stream']
export type StreamState = Stream['state']
export type Me = Answer<paths['/api/me']['get']>
export type Blocks = Answer<paths['/api/blocks']['get']>
export type Blocked = Blocks['blocks'][number]
