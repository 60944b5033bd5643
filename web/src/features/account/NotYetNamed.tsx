import { useState } from 'preact/hooks'
import { knownAs } from '../../lib/account'
import { api } from '../../lib/api'
import { Refusal } from '../../lib/refusal'
import * as sharedStrings from '../../lib/strings'
import { Button } from '../../ui/Button'
import { Actions, Dialog } from '../../ui/Dialog'
import { faultText } from '../../ui/Fault'
import { TextField } from '../../ui/Field'
import { toast } from '../../ui/toast'
import { leave } from './leave'
import styles from './NotYetNamed.module.css'
import * as strings from './strings'

/** Asks for a username at the first sign-in; there is no way round it but signing out. */
export default function NotYetNamed() {
  return (
    <Dialog title={strings.chooseUsername} isOpen onClose={() => {}}>
      <Form />
    </Dialog>
  )
}

function Form() {
  const [name, setName] = useState('')
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const username = name.trim().toLowerCase()

  const save = async () => {
    setBusy(true)
    try {
      const me = await api.put('/api/me', { body: { username } })
      knownAs(me)
      toast(strings.welcome(me.username ?? username))
    } catch (caught) {
      const refusal = Refusal.caught(caught)
      setError(
        refusal.code === 'username_taken'
          ? strings.usernameTaken
          : (refusal.fields.username ?? faultText(refusal)),
      )
    } finally {
      setBusy(false)
    }
  }

  return (
    <form
      class={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void save()
      }}
    >
      <p>{strings.chooseUsernameText}</p>
      <TextField
        label={sharedStrings.username}
        hint={strings.usernameHint}
        error={error}
        value={name}
        onInput={(event) => {
          setName(event.currentTarget.value)
          setError(undefined)
        }}
        autofocus
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxLength={64}
        data-testid="username-input"
      />
      <p class={styles.address}>{strings.channelAddress(`${location.host}/${username || '…'}`)}</p>
      <Actions>
        <Button look="quiet" onClick={() => void leave()}>
          {strings.signOut}
        </Button>
        <Button look="primary" type="submit" isBusy={isBusy} data-testid="username-submit">
          {strings.createChannel}
        </Button>
      </Actions>
    </form>
  )
}
