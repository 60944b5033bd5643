import { Card } from '../../ui/Card'
import { Loaded } from '../../ui/Loaded'
import { People, Person } from '../../ui/Person'
import { RowButton } from '../../ui/RowButton'
import { toast } from '../../ui/toast'
import styles from './Community.module.css'
import { NameForm } from './NameForm'
import * as strings from './strings'
import { useModerators } from './useModerators'

const MAX_MODERATORS = 50

/** The moderators of a channel, with a form to add one. */
export function Moderators() {
  const moderators = useModerators()
  const appoint = async (username: string) => {
    await moderators.appoint(username)
    toast(strings.moderatorAdded(username))
  }
  return (
    <Card title={strings.moderators}>
      <Loaded of={moderators}>
        {(list) => (
          <>
            {list.length < MAX_MODERATORS ? (
              <NameForm
                hint={strings.moderatorsHint}
                button={strings.addModerator}
                selfError={strings.moderatorIsYou}
                onSubmit={appoint}
              />
            ) : (
              <p class={styles.soft}>{strings.moderatorsFull}</p>
            )}
            {list.length === 0 ? (
              <p class={styles.soft}>{strings.noModerators}</p>
            ) : (
              <People label={strings.moderators}>
                {list.map(({ id, username: name, image }) => (
                  <Person
                    key={id}
                    name={name}
                    image={image}
                    action={
                      <RowButton
                        label={strings.removeModerator}
                        name={strings.removeModeratorNamed(name)}
                        confirmation={{
                          title: strings.removeModeratorTitle(name),
                          text: strings.removeModeratorText,
                        }}
                        act={() => moderators.dismiss(name)}
                        done={strings.moderatorRemoved(name)}
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
