import type { ComponentChildren, RefObject } from 'preact'
import { Composer, type ComposerHandle } from './Composer'
import styles from './Conversation.module.css'
import * as strings from './conversation.strings'
import { MessageList } from './MessageList'
import { UnsentRow } from './MessageRow'
import type { Message } from './message'
import { RulesBanner } from './RulesBanner'
import type { ChatStream } from './rules'
import type { Chat } from './useChat'

interface Props {
  /** The host's username. */
  host: string
  stream: ChatStream
  chat: Chat
  composer: RefObject<ComposerHandle | null>
  follow: ComponentChildren
  /** Replaces the messages while there are none to show. */
  placeholder: ComponentChildren
  /** Keeps the list still while a menu is open. */
  isHeld: boolean
  onMenu(message: Message, opener: HTMLElement): void
}

/** The messages, the rules, and the composer. A separate chunk, because an offline channel often needs none of it. */
export default function Conversation(props: Props) {
  const { host, stream, chat, composer, follow, placeholder, isHeld, onMenu } = props
  const { messages, outbox, me, gate } = chat
  const early = outbox.unsent.find(({ state }) => state === 'early') ?? null
  const unsent = outbox.unsent.filter(({ state }) => state !== 'early')
  const edit = (id: string, text: string) => {
    outbox.discard(id)
    composer.current?.insert(text)
  }
  return (
    <>
      {placeholder ?? (
        <MessageList
          log={messages.log}
          version={messages.version}
          moderatorIds={stream.chat.moderatorIds}
          me={me?.name ?? null}
          isHeld={isHeld}
          hasOlder={messages.hasOlder}
          loadOlder={messages.loadOlder}
          onMenu={onMenu}
          unsent={unsent.map((message) => ({
            id: message.id,
            row: (
              <UnsentRow
                unsent={message}
                name={me?.name ?? ''}
                role={me?.role ?? 'viewer'}
                onRetry={() => outbox.retry(message.id)}
                onEdit={() => edit(message.id, message.text)}
                onDrop={() => outbox.discard(message.id)}
              />
            ),
          }))}
        />
      )}
      <div>
        {messages.isInterrupted && stream.state !== 'offline' && (
          <p class={styles.interrupted} role="status">
            {strings.reconnecting}
          </p>
        )}
        <RulesBanner stream={stream} />
        <Composer
          handle={composer}
          host={host}
          gate={gate}
          guestName={me?.role === 'guest' ? me.name : null}
          early={early}
          follow={follow}
          onWrite={outbox.write}
          onDrop={outbox.discard}
        />
      </div>
    </>
  )
}
