import X from 'lucide/dist/esm/icons/x.mjs'
import { useState } from 'preact/hooks'
import { t } from '../../lib/text'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { TextArea } from '../../ui/Field'
import { focusNear } from '../../ui/focusNear'
import styles from './BlockedWords.module.css'
import { type Added, addWords, LONGEST_WORD, MOST_WORDS } from './blockedWords'

const alphabet = new Intl.Collator()

interface Props {
  words: readonly string[]
  /** Resolves with whether they were saved. */
  onSave(words: string[]): Promise<boolean>
}

/** Words that no message may hold; each change is saved at once. */
export function BlockedWords({ words, onSave }: Props) {
  const remove = (word: string, button: HTMLElement) => {
    const keepFocus = focusNear(button)
    void onSave(words.filter((one) => one !== word))
    keepFocus()
  }
  return (
    <Card
      title={t('chat.words')}
      action={
        <span class={styles.soft}>
          {t('chat.wordsCount', { count: words.length, most: MOST_WORDS })}
        </span>
      }
    >
      <p class={styles.soft}>{t('chat.wordsHint')}</p>
      <AddForm words={words} onSave={onSave} />
      {words.length === 0 ? (
        <p class={styles.soft}>{t('chat.wordsNone')}</p>
      ) : (
        <ul class={styles.words} tabIndex={-1} aria-label={t('chat.words')}>
          {words.toSorted(alphabet.compare).map((word) => (
            <li key={word} class={styles.word}>
              <bdi>{word}</bdi>
              <Button
                look="quiet"
                icon={X}
                class={styles.remove ?? ''}
                aria-label={t('chat.wordRemove', { word })}
                onClick={(event) => remove(word, event.currentTarget)}
              />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function AddForm({ words, onSave }: Props) {
  const [typed, setTyped] = useState('')
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  const submit = async () => {
    const added = addWords(typed, words)
    if (added.words.length > words.length) {
      setBusy(true)
      const isSaved = await onSave(added.words)
      setBusy(false)
      if (!isSaved) return
    }
    // What could not be added stays, to be mended.
    setTyped([...added.tooLong, ...added.everything, ...added.noRoom].join(', '))
    setError(fault(added, added.words.length > words.length))
  }
  return (
    <form
      class={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void submit()
      }}
    >
      <TextArea
        label={t('chat.wordsAdd')}
        hint={t('chat.wordsAddHint')}
        error={error}
        value={typed}
        rows={1}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        onInput={(event) => {
          setTyped(event.currentTarget.value)
          setError(undefined)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          event.currentTarget.form?.requestSubmit()
        }}
      />
      <Button look="primary" type="submit" isBusy={isBusy}>
        {t('chat.wordsButton')}
      </Button>
    </form>
  )
}

/** Why not everything that was typed is on the list now. */
function fault(added: Added, isAnyNew: boolean): string | undefined {
  const [tooLong] = added.tooLong
  if (tooLong) return t('chat.wordTooLong', { word: tooLong, most: LONGEST_WORD })
  const [everything] = added.everything
  if (everything) return t('chat.wordEverything', { word: everything })
  if (added.noRoom.length > 0) return t('chat.wordNoRoom', { count: added.noRoom.length })
  if (isAnyNew) return
  const [known] = added.known
  return known ? t('chat.wordKnown', { word: known }) : t('chat.wordEmpty')
}
