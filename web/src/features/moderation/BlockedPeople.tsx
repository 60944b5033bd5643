import ShieldCheck from 'lucide/dist/esm/icons/shield-check.mjs'
import { useState } from 'preact/hooks'
import type { Blocked } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import { t } from '../../lib/text'
import { date } from '../../lib/time'
import { Avatar } from '../../ui/Avatar'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { Fault, faultText } from '../../ui/Fault'
import { TextField } from '../../ui/Field'
import { Notice } from '../../ui/Notice'
import { Skeleton } from '../../ui/Skeleton'
import { toast } from '../../ui/toast'
import styles from './BlockedPeople.module.css'
import { type Blocks, useBlocks } from './useBlocks'

export function BlockedPeople() {
  const blocks = useBlocks()
  return (
    <>
      <BlockForm block={blocks.block} />
      <Card title={t('community.blocked')}>
        <People blocks={blocks} />
      </Card>
    </>
  )
}

function BlockForm({ block }: Pick<Blocks, 'block'>) {
  const [name, setName] = useState('')
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  const submit = async () => {
    const username = name.trim().toLowerCase()
    if (!username) return setError(t('community.nobody'))
    setBusy(true)
    try {
      await block(username)
      toast(t('community.blockedOne', { name: username }))
      setName('')
    } catch (caught) {
      const refusal = Refusal.caught(caught)
      if (refusal.code === 'self') setError(t('community.self'))
      else if (refusal.status === 404 || refusal.status === 422) setError(t('community.nobody'))
      else setError(faultText(refusal))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Card title={t('community.block')}>
      <form
        class={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) void submit()
        }}
      >
        <TextField
          label={t('account.username')}
          hint={t('community.blockHint')}
          error={error}
          value={name}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={64}
          onInput={(event) => {
            setName(event.currentTarget.value)
            setError(undefined)
          }}
        />
        <Button look="primary" type="submit" isBusy={isBusy}>
          {t('community.blockButton')}
        </Button>
      </form>
    </Card>
  )
}

function People({ blocks: { data, refusal, reload, more, unblock } }: { blocks: Blocks }) {
  if (!data) {
    return refusal ? (
      <Fault refusal={refusal} onRetry={() => void reload()} />
    ) : (
      <Skeleton height="6rem" shape="block" />
    )
  }
  if (data.blocks.length === 0) {
    return (
      <Notice
        icon={ShieldCheck}
        title={t('community.none')}
        text={t('community.noneText')}
        heading="h3"
      />
    )
  }
  return (
    <>
      <ul class={styles.people}>
        {data.blocks.map((who) => (
          <Person key={who.username ?? who.guestId} who={who} unblock={unblock} />
        ))}
      </ul>
      {data.next && (
        <Button onClick={() => void more().catch(() => toast(t('fault.other'), 'bad'))}>
          {t('channels.more')}
        </Button>
      )}
    </>
  )
}

function Person({ who, unblock }: { who: Blocked } & Pick<Blocks, 'unblock'>) {
  const [isBusy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    try {
      await unblock(who)
      toast(t('community.unblocked', { name: who.name }))
    } catch (caught) {
      toast(faultText(Refusal.caught(caught)), 'bad')
      setBusy(false)
    }
  }
  return (
    <li class={styles.person}>
      <Avatar name={who.name} image={null} />
      <div class={styles.words}>
        <p class={styles.name}>{who.name}</p>
        <p class={styles.when}>
          <time dateTime={who.blockedAt}>
            {t('community.since', { date: date(who.blockedAt) })}
          </time>
        </p>
      </div>
      <Button
        isBusy={isBusy}
        aria-label={t('community.unblockNamed', { name: who.name })}
        onClick={() => void submit()}
      >
        {t('community.unblock')}
      </Button>
    </li>
  )
}
