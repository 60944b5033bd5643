/** Short names for the types of the OpenAPI document. */
import type { components, paths } from './schema.gen'

type Schemas = components['schemas']

export type User = Schemas['User']
export type Stream = Schemas['ShownStream']
/** The stream with the fields that only its creator sees. */
export type OwnStream = Schemas['OwnStream']
export type StreamChange = Schemas['StreamRequest']
export type LiveStatus = Schemas['LiveStatus']
export type StreamState = Stream['state']
export type Channel = Schemas['Channel']
export type ChannelPage = Schemas['ChannelPage']
export type Dashboard = Schemas['OwnChannel']
export type ChatRules = Schemas['ChatRules']
export type ChatMessage = Schemas['ChatMessage']
export type ChatPage = Schemas['ChatPage']
export type Home = Schemas['Home']
export type Results = Schemas['Results']
export type Me = Schemas['Me']
export type Ingress = Schemas['Ingress']
export type InputType = Ingress['inputType']
export type Armed = Ingress['armed']
export type Encoder = Schemas['Encoder']
export type BlockList = Schemas['BlockList']
export type Blocked = Schemas['BlockedViewer']
export type Moderator = Schemas['Moderator']
export type Timeout = Schemas['RunningTimeout']
export type LogEntry = Schemas['ModerationLogEntry']
export type ViewerToken = Schemas['ViewerToken']
export type PastStream =
  paths['/api/pages/sessions']['get']['responses']['200']['content']['application/json']['sessions'][number]
export type AccessToken = Schemas['AccessToken']
