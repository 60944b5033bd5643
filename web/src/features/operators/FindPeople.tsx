import SearchX from 'lucide/dist/esm/icons/search-x.mjs'
import ShieldCheck from 'lucide/dist/esm/icons/shield-check.mjs'
import { useState } from 'preact/hooks'
import type { PersonForOperators } from '../../api/types'
import { refresh } from '../../lib/resource'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { TextField } from '../../ui/Field'
import { Loaded } from '../../ui/Loaded'
import { More } from '../../ui/More'
import { Notice } from '../../ui/Notice'
import { People, Person } from '../../ui/Person'
import { RowButton } from '../../ui/RowButton'
import styles from './FindPeople.module.css'
import { SuspendDialog } from './SuspendDialog'
import { SuspensionFacts } from './SuspensionFacts'
import * as strings from './strings'
import { LOG } from './useOperatorLog'
import { usePeople } from './usePeople'

interface Props {
  term: string
  onFind(term: string): void
}

/** A search for people. Before a search, it lists the suspended people. */
export function FindPeople({ term, onFind }: Props) {
  const people = usePeople(term)
  // The API responds with 422 if the term contains no letters or digits.
  const isEmpty = people.data
    ? people.data.people.length === 0 && people.data.next === null
    : people.refusal?.status === 422
  const label = term ? strings.found : strings.suspended
  const [asked, setAsked] = useState<PersonForOperators | null>(null)
  return (
    <Card title={strings.people}>
      <Search key={term} term={term} onFind={onFind} />
      <h3 class={styles.label}>{label}</h3>
      {isEmpty ? (
        <Notice
          icon={term ? SearchX : ShieldCheck}
          title={term ? strings.noneFound(term) : strings.noneSuspended}
          text={term ? strings.noneFoundText : strings.noneSuspendedText}
          heading="h3"
        />
      ) : (
        <Loaded of={people}>
          {({ people: found, next }) => (
            <>
              <People label={label}>
                {found.map((person) => (
                  <Row
                    key={person.id}
                    person={person}
                    onAsk={() => setAsked(person)}
                    lift={() => people.lift(person.username)}
                    approve={(isApproved) => people.approve(person.username, isApproved)}
                  />
                ))}
              </People>
              {next && <More load={people.more} />}
            </>
          )}
        </Loaded>
      )}
      {asked && (
        <SuspendDialog
          username={asked.username}
          current={asked.suspension}
          onSuspended={(suspension) => {
            people.show(asked.username, suspension)
            refresh(LOG)
            setAsked(null)
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </Card>
  )
}

function Search({ term, onFind }: Props) {
  const [typed, setTyped] = useState(term)
  return (
    // biome-ignore lint/a11y/useSemanticElements: some screen readers don't support <search> yet.
    <form
      role="search"
      aria-label={strings.people}
      class={styles.search}
      onSubmit={(event) => {
        event.preventDefault()
        onFind(typed.trim())
      }}
    >
      <TextField
        type="search"
        label={strings.find}
        hint={strings.findHint}
        value={typed}
        maxLength={100}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        enterkeyhint="search"
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit" look="primary">
        {strings.search}
      </Button>
    </form>
  )
}

interface RowProps {
  person: PersonForOperators
  onAsk(): void
  lift(): Promise<void>
  approve(isApproved: boolean): Promise<void>
}

function Row({
  person: { username, image, title, state, isForAdults, suspension, openReports, isApproved },
  onAsk,
  lift,
  approve,
}: RowProps) {
  return (
    <Person
      name={username}
      image={image}
      action={
        <div class={styles.actions}>
          {isApproved === false && (
            <RowButton
              label={strings.approve}
              name={strings.approveNamed(username)}
              act={() => approve(true)}
              done={strings.didApprove(username)}
            />
          )}
          {isApproved && (
            <RowButton
              label={strings.withdraw}
              name={strings.withdrawNamed(username)}
              confirmation={{
                title: strings.withdrawTitle(username),
                text: strings.withdrawText,
              }}
              act={() => approve(false)}
              done={strings.didWithdraw(username)}
            />
          )}
          <Button
            look={suspension ? 'plain' : 'danger'}
            aria-label={suspension ? strings.changeNamed(username) : strings.suspendNamed(username)}
            onClick={onAsk}
          >
            {suspension ? strings.change : strings.suspend}
          </Button>
          {suspension && (
            <RowButton
              label={strings.lift}
              name={strings.liftNamed(username)}
              act={lift}
              done={strings.lifted(username)}
            />
          )}
        </div>
      }
    >
      <p>
        {state === 'live' && !suspension && <strong>{strings.live} · </strong>}
        <bdi>{title}</bdi>
      </p>
      {isForAdults && <p>{strings.forAdults}</p>}
      {isApproved !== null && <p>{isApproved ? strings.approved : strings.notApproved}</p>}
      {openReports > 0 && <p>{strings.openReports(openReports)}</p>}
      {suspension && <SuspensionFacts of={suspension} />}
    </Person>
  )
}
