import { MessageList } from './MessageList'
import { UnsentRow } from './MessageRow'
import type { Message } from './message'
import type { Chat } from './useChat'

interface Props {
  chat: Chat
  moderatorIds: readonly string[]
  /** Keeps the list still while a menu is open. */
  isHeld: boolean
  onMenu(message: Message, opener: HTMLElement): void
  /** Called with the text of a rejected message that the reader wants to edit. */
  onEdit(text: string): void
}

/** The messages of a chat, with the reader's unsent ones. A separate chunk, because an empty chat doesn't need it. */
export default function ChatMessages({ chat, moderatorIds, isHeld, onMenu, onEdit }: Props) {
  const { messages, outbox, me } = chat
  const unsent = outbox.unsent.filter(({ state }) => state !== 'early')
  return (
    <MessageList
      log={messages.log}
      version={messages.version}
      moderatorIds={moderatorIds}
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
            onEdit={() => {
              outbox.discard(message.id)
              onEdit(message.text)
            }}
            onDrop={() => outbox.discard(message.id)}
          />
        ),
      }))}
    />
  )
}
