import { timeLeft } from '../../lib/spans'
import { t } from '../../lib/text'
import { useNow } from '../../lib/useNow'
import { Card } from '../../ui/Card'
import { Loaded } from '../../ui/Loaded'
import styles from './Community.module.css'
import { People, Person } from './Person'
import { RowButton } from './RowButton'
import { useTimeouts } from './useTimeouts'

/** Who may not write for a while, and for how long yet. */
export function TimedOut({ username }: { username: string }) {
  const timeouts = useTimeouts(username)
  const now = useNow(1_000)
  return (
    <Card title={t('timeouts.title')}>
      <Loaded of={timeouts}>
        {(all) => {
          const running = all.filter(({ until }) => Date.parse(until) > now)
          if (running.length === 0) return <p class={styles.soft}>{t('timeouts.none')}</p>
          return (
            <People label={t('timeouts.title')}>
              {running.map(({ viewerId, name, until, by, reason }) => (
                <Person
                  key={viewerId}
                  name={name}
                  action={
                    <RowButton
                      label={t('timeouts.end')}
                      name={t('timeouts.endNamed', { name })}
                      act={() => timeouts.end(viewerId)}
                      done={t('timeouts.ended', { name })}
                    />
                  }
                >
                  <p>
                    <time dateTime={until}>
                      {t('timeouts.left', { span: timeLeft(until, now) })}
                    </time>
                    {' · '}
                    {t('timeouts.by', { name: by })}
                  </p>
                  {reason && (
                    <p>
                      {t('log.reason')} <bdi>{reason}</bdi>
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
