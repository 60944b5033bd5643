import { timeLeft } from '../../lib/durations'
import { useNow } from '../../lib/useNow'
import { Card } from '../../ui/Card'
import { Loaded } from '../../ui/Loaded'
import { People, Person } from '../../ui/Person'
import { RowButton } from '../../ui/RowButton'
import styles from './Community.module.css'
import * as strings from './strings'
import { useTimeouts } from './useTimeouts'

/** The viewers in timeout, with the time left. */
export function TimedOut({ username }: { username: string }) {
  const timeouts = useTimeouts(username)
  const now = useNow(1_000)
  return (
    <Card title={strings.timedOut}>
      <Loaded of={timeouts}>
        {(all) => {
          const running = all.filter(({ until }) => Date.parse(until) > now)
          if (running.length === 0) return <p class={styles.soft}>{strings.noTimeouts}</p>
          return (
            <People label={strings.timedOut}>
              {running.map(({ viewerId, name, until, by, reason }) => (
                <Person
                  key={viewerId}
                  name={name}
                  action={
                    <RowButton
                      label={strings.endTimeout}
                      name={strings.endTimeoutNamed(name)}
                      act={() => timeouts.end(viewerId)}
                      done={strings.timeoutEnded(name)}
                    />
                  }
                >
                  <p>
                    <time dateTime={until}>{strings.timeLeft(timeLeft(until, now))}</time>
                    {' · '}
                    {strings.timedOutBy(by)}
                  </p>
                  {reason && (
                    <p>
                      {strings.reason} <bdi>{reason}</bdi>
                    </p>
                  )}
                </Person>
              ))}
            </People>
          )
        }}
      </Loaded>
    </Card>
  )
}
