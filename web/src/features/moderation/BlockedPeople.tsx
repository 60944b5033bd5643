import ShieldCheck from 'lucide/dist/esm/icons/shield-check.mjs'
import { useEffect, useState } from 'preact/hooks'
import type { Blocked, BlockList } from '../../api/types'
import { date } from '../../lib/time'
import { Card } from '../../ui/Card'
import { TextField } from '../../ui/Field'
import { Loaded } from '../../ui/Loaded'
import { More } from '../../ui/More'
import { Notice } from '../../ui/Notice'
import { People, Person } from '../../ui/Person'
import { RowButton } from '../../ui/RowButton'
import { toast } from '../../ui/toast'
import styles from './Community.module.css'
import { NameForm } from './NameForm'
import * as strings from './strings'
import { type Blocks, useBlocks } from './useBlocks'

export function BlockedPeople() {
  const blocks = useBlocks()
  const block = async (username: string) => {
    await blocks.block(username)
    toast(strings.blocked(username))
  }
  return (
    <>
      <Card title={strings.blockSomeone}>
        <NameForm
          hint={strings.blockHint}
          button={strings.block}
          selfError={strings.blockIsYou}
          onSubmit={block}
        />
      </Card>
      <Card title={strings.blockedPeople}>
        <Loaded of={blocks}>
          {(list) =>
            list.blocks.length === 0 ? (
              <Notice
                icon={ShieldCheck}
                title={strings.noBlocks}
                text={strings.noBlocksText}
                heading="h3"
              />
            ) : (
              <Filtered list={list} {...blocks} />
            )
          }
        </Loaded>
      </Card>
    </>
  )
}

interface Props extends Pick<Blocks, 'more' | 'unblock'> {
  list: BlockList
}

/** The blocked people, filtered by name. */
function Filtered({ list: { blocks, next }, more, unblock }: Props) {
  const [typed, setTyped] = useState('')
  const wantedName = typed.trim().toLowerCase()
  const matches = blocks.filter(({ name }) => name.toLowerCase().includes(wantedName))
  // A match may be on a page that isn't loaded yet.
  const isSearching = wantedName !== '' && next !== null
  useEffect(() => {
    if (isSearching) void more().catch(() => {})
  }, [isSearching, next])

  return (
    <>
      <div class={styles.filter}>
        <TextField
          label={strings.findByName}
          value={typed}
          type="search"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <p class={styles.soft} role="status">
          {matches.length === 0 && !isSearching && strings.noMatch}
        </p>
      </div>
      <People label={strings.blockedPeople}>
        {matches.map((person) => (
          <Row key={person.username ?? person.guestId} person={person} unblock={unblock} />
        ))}
      </People>
      {next && <More load={more} />}
    </>
  )
}

function Row({ person, unblock }: { person: Blocked } & Pick<Blocks, 'unblock'>) {
  const { name, blockedAt } = person
  return (
    <Person
      name={name}
      action={
        <RowButton
          label={strings.unblock}
          name={strings.unblockNamed(name)}
          act={() => unblock(person)}
          done={strings.unblocked(name)}
        />
      }
    >
      <time dateTime={blockedAt}>{strings.blockedOn(date(blockedAt))}</time>
    </Person>
  )
}
