import EllipsisVertical from 'lucide/dist/esm/icons/ellipsis-vertical.mjs'
import MessageSquare from 'lucide/dist/esm/icons/message-square.mjs'
import PanelRightClose from 'lucide/dist/esm/icons/panel-right-close.mjs'
import type { ComponentChildren } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { ErrorBoundary as Suspended } from 'preact-iso'
import type { Joined } from '../../lib/joinRoom'
import { isTaken } from '../../lib/keys'
import { readStored, writeStored } from '../../lib/storage'
import { useLatest } from '../../lib/useLatest'
import { Button } from '../../ui/Button'
import { Fault } from '../../ui/Fault'
import { Icon } from '../../ui/Icon'
import { lazy } from '../../ui/lazy'
import { Notice } from '../../ui/Notice'
import { Skeleton } from '../../ui/Skeleton'
import { ToolButton } from '../../ui/ToolButton'
import styles from './ChatPanel.module.css'
import { Composer, type ComposerHandle } from './Composer'
import type { Message } from './message'
import type { Question, Subject } from './PersonMenu'
import { isModerating, roleOf } from './participants'
import { type ChatStream, rulesOf } from './rules'
import { Speaker } from './Speaker'
import * as strings from './strings'
import { useChat } from './useChat'
import type { Messages } from './useMessages'

const ChatMenu = lazy(() => import('./ChatMenu'))
const ChatMessages = lazy(() => import('./ChatMessages'))
const Community = lazy(() => import('./Community'))
const ModerationDialog = lazy(() => import('./ModerationDialog'))
const PersonMenu = lazy(() => import('./PersonMenu'))
const RulesBanner = lazy(() => import('./RulesBanner'))

interface Props {
  /** The host's username. */
  host: string
  stream: ChatStream
  /** The room, while the page is in it. */
  joined: Joined | null
  isFollowing: boolean
  /** The follow button, shown if only followers may write. */
  follow: ComponentChildren
  /** Whether `/` moves the focus here. The viewer can turn single-key shortcuts off. */
  areShortcutsOn: boolean
  /** The chat is in its own window. */
  isAlone?: boolean
}

const HIDDEN = 'footlight.chatHidden'
const SILENT = 'footlight.chatSilent'

/** The chat next to a stream, or in its own window. */
export function ChatPanel({ isAlone = false, ...props }: Props) {
  const [isHidden, setHidden] = useState(() => !isAlone && readStored(HIDDEN) === 'yes')
  const panel = useRef<HTMLElement>(null)
  const hide = (hidden: boolean) => {
    writeStored(HIDDEN, hidden ? 'yes' : null)
    setHidden(hidden)
    requestAnimationFrame(() => panel.current?.querySelector('button')?.focus())
  }
  return (
    <section
      ref={panel}
      class={`${styles.panel} ${isAlone ? styles.alone : ''}`}
      data-chat={isHidden ? 'hidden' : 'shown'}
      aria-label={strings.chat}
      data-testid="chat"
    >
      {isHidden ? (
        <button
          type="button"
          class={styles.show}
          aria-label={strings.showChat}
          onClick={() => hide(false)}
        >
          <Icon of={MessageSquare} size={20} />
          <span>{strings.chat}</span>
        </button>
      ) : (
        <OpenPanel {...props} isAlone={isAlone} onHide={() => hide(true)} />
      )}
    </section>
  )
}

function OpenPanel(props: Props & { onHide(): void }) {
  const { host, stream, joined, isFollowing, follow, areShortcutsOn, isAlone, onHide } = props
  const chat = useChat(host, stream, joined, isFollowing)
  const { messages, outbox, me, gate } = chat
  const { moderatorIds } = stream.chat
  const rules = rulesOf(stream)
  const [view, setView] = useState<'chat' | 'community'>('chat')
  const [isSilent, setSilent] = useState(() => readStored(SILENT) === 'yes')
  const [subject, setSubject] = useState<Subject | null>(null)
  const [question, setQuestion] = useState<Question | null>(null)
  const [more, setMore] = useState<HTMLElement | null>(null)
  const composer = useRef<ComposerHandle>(null)

  useSlash(areShortcutsOn, () => {
    setView('chat')
    requestAnimationFrame(() => composer.current?.focus())
  })

  const onMenu = useCallback(
    (message: Message, opener: HTMLElement) => {
      const { identity, name } = message.from
      const role = roleOf(identity, moderatorIds)
      setSubject({ person: { viewerId: message.viewerId, name, role }, message, opener })
    },
    [moderatorIds],
  )

  const isEmpty =
    messages.log.messages.length === 0 && !messages.hasOlder && outbox.unsent.length === 0
  const hasMessages = stream.isChatEnabled && messages.status === 'ready' && !isEmpty
  const toggleSpeaking = () => {
    writeStored(SILENT, isSilent ? null : 'yes')
    setSilent(!isSilent)
  }

  return (
    <>
      <header class={styles.head}>
        <div class={styles.views}>
          {(['chat', 'community'] as const).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={view === name}
              onClick={() => setView(name)}
              data-testid={`view-${name}`}
            >
              {strings.views[name]}
            </button>
          ))}
        </div>
        <ToolButton
          icon={EllipsisVertical}
          title={strings.moreOptions}
          aria-haspopup="menu"
          onClick={(event) => setMore(event.currentTarget)}
          data-testid="chat-more"
        />
        {!isAlone && (
          <ToolButton icon={PanelRightClose} title={strings.hideChat} onClick={onHide} />
        )}
      </header>

      {view === 'chat' ? (
        <>
          {hasMessages ? (
            <Suspended>
              <ChatMessages
                chat={chat}
                moderatorIds={moderatorIds}
                isHeld={subject !== null}
                onMenu={onMenu}
                onEdit={(text) => composer.current?.insert(text)}
              />
            </Suspended>
          ) : (
            <Placeholder
              host={host}
              stream={stream}
              isWaiting={joined === null}
              messages={messages}
            />
          )}
          {stream.isChatEnabled && !(gate?.why === 'offline' && isEmpty) && (
            <div class={styles.footer}>
              {messages.isInterrupted && stream.state !== 'offline' && (
                <p class={styles.interrupted} role="status">
                  {strings.reconnecting}
                </p>
              )}
              <Suspended>{rules.length > 0 && <RulesBanner rules={rules} />}</Suspended>
              <Composer
                handle={composer}
                host={host}
                gate={gate}
                isReady={messages.status === 'ready'}
                guestName={me?.role === 'guest' ? me.name : null}
                early={outbox.unsent.find(({ state }) => state === 'early') ?? null}
                follow={follow}
                onWrite={outbox.write}
                onDrop={outbox.discard}
              />
            </div>
          )}
        </>
      ) : (
        <Suspended>
          <Community
            room={joined?.room ?? null}
            moderatorIds={moderatorIds}
            me={me?.viewerId ?? null}
            onMenu={(person, opener) => setSubject({ person, message: null, opener })}
          />
        </Suspended>
      )}

      {!isSilent && messages.status === 'ready' && (
        <Speaker log={messages.log} version={messages.version} me={me?.viewerId ?? null} />
      )}
      <Suspended>
        {subject && (
          <PersonMenu
            host={host}
            subject={subject}
            me={me}
            isTimedOut={messages.isTimedOut(subject.person.viewerId)}
            onMention={(name) => {
              setView('chat')
              requestAnimationFrame(() => composer.current?.insert(`@${name} `))
            }}
            onClose={() => setSubject(null)}
            onAsk={setQuestion}
          />
        )}
        {question && (
          <ModerationDialog host={host} question={question} onClose={() => setQuestion(null)} />
        )}
        {more && (
          <ChatMenu
            host={host}
            opener={more}
            isAlone={isAlone ?? false}
            isSilent={isSilent}
            isModerating={me !== null && isModerating(me.role)}
            onToggleSpeaking={toggleSpeaking}
            onClear={() => setQuestion({ about: 'clear' })}
            onClose={() => setMore(null)}
          />
        )}
      </Suspended>
    </>
  )
}

interface PlaceholderProps {
  host: string
  stream: ChatStream
  /** The room hasn't been joined. */
  isWaiting: boolean
  messages: Messages
}

/** What the chat shows in place of messages. */
function Placeholder({ host, stream, isWaiting, messages }: PlaceholderProps) {
  const { status, refusal, load } = messages
  if (!stream.isChatEnabled) {
    return (
      <Place>
        <Notice icon={MessageSquare} title={strings.off} text={strings.offText(host)} />
      </Place>
    )
  }
  if (refusal && status === 'broken') {
    return (
      <Place>
        <Fault refusal={refusal} onRetry={load} />
      </Place>
    )
  }
  if (stream.state === 'offline' && isWaiting && status !== 'loading') {
    return (
      <Place>
        <Notice
          icon={MessageSquare}
          title={strings.offline}
          {...(status === 'ready' && { text: strings.noRecentMessages })}
        >
          {status === 'waiting' && <Button onClick={load}>{strings.showEarlier}</Button>}
        </Notice>
      </Place>
    )
  }
  if (status !== 'ready') {
    return (
      <div class={styles.skeleton}>
        <span class="quiet-label" role="status">
          {strings.loading}
        </span>
        {[70, 45, 85, 60, 40, 75].map((width) => (
          <Skeleton key={width} width={`${width}%`} />
        ))}
      </div>
    )
  }
  return (
    <Place>
      <Notice icon={MessageSquare} title={strings.empty} text={strings.emptyText} />
    </Place>
  )
}

function Place({ children }: { children: ComponentChildren }) {
  return <div class={styles.place}>{children}</div>
}

/** Call `onSlash` when the viewer presses `/`, unless they are typing. */
function useSlash(isOn: boolean, onSlash: () => void): void {
  const latest = useLatest(onSlash)
  useEffect(() => {
    if (!isOn) return
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || isTaken(event)) return
      event.preventDefault()
      latest.current()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [isOn, latest])
}
