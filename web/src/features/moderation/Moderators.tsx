import { t } from '../../lib/text'
import { Card } from '../../ui/Card'
import { Loaded } from '../../ui/Loaded'
import { toast } from '../../ui/toast'
import styles from './Community.module.css'
import { NameForm } from './NameForm'
import { People, Person } from './Person'
import { RowButton } from './RowButton'
import { useModerators } from './useModerators'

const MOST = 50

/** Who moderates, and the naming of more. */
export function Moderators() {
  const moderators = useModerators()
  const appoint = async (username: string) => {
    await moderators.appoint(username)
    toast(t('moderators.added', { name: username }))
  }
  return (
    <Card title={t('moderators.title')}>
      <Loaded of={moderators}>
        {(list) => (
          <>
            {list.length < MOST ? (
              <NameForm
                hint={t('moderators.hint')}
                button={t('moderators.add')}
                self={t('moderators.self')}
                onSubmit={appoint}
              />
            ) : (
              <p class={styles.soft}>{t('moderators.full')}</p>
            )}
            {list.length === 0 ? (
              <p class={styles.soft}>{t('moderators.none')}</p>
            ) : (
              <People label={t('moderators.title')}>
                {list.map(({ id, username: name, image }) => (
                  <Person
                    key={id}
                    name={name}
                    image={image}
                    action={
                      <RowButton
                        label={t('moderators.remove')}
                        name={t('moderators.removeNamed', { name })}
                        ask={{
                          title: t('moderators.removeTitle', { name }),
                          text: t('moderators.removeText'),
                        }}
                        act={() => moderators.dismiss(name)}
                        done={t('moderators.removed', { name })}
                      />
                    }
                  />
                ))}
              </People>
            )}
          </>
        )}
      </Loaded>
    </Card>
  )
}
