import X from 'lucide/dist/esm/icons/x.mjs'
import { useState } from 'preact/hooks'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { TextArea } from '../../ui/Field'
import { focusNear } from '../../ui/focusNear'
import styles from './BlockedWords.module.css'
import { type Added, addWords, LONGEST_WORD, MOST_WORDS } from './blockedWords'
import * as strings from './strings'

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
      title={strings.blockedWords}
      action={<span class={styles.soft}>{strings.wordCount(words.length, MOST_WORDS)}</span>}
    >
      <p class={styles.soft}>{strings.blockedWordsHint}</p>
      <AddForm words={words} onSave={onSave} />
      {words.length === 0 ? (
        <p class={styles.soft}>{strings.noBlockedWords}</p>
      ) : (
        <ul class={styles.words} tabIndex={-1} aria-label={strings.blockedWords}>
          {words.toSorted(alphabet.compare).map((word) => (
            <li key={word} class={styles.word}>
              <bdi>{word}</bdi>
              <Button
                look="quiet"
                icon={X}
                class={styles.remove ?? ''}
                aria-label={strings.removeWord(word)}
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
        label={strings.addWords}
        hint={strings.addWordsHint}
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
        {strings.add}
      </Button>
    </form>
  )
}

/** Why not everything that was typed is on the list now. */
function fault(added: Added, isAnyNew: boolean): string | undefined {
  const [tooLong] = added.tooLong
  if (tooLong) return strings.wordTooLong(tooLong, LONGEST_WORD)
  const [everything] = added.everything
  if (everything) return strings.wordMatchesAll(everything)
  if (added.noRoom.length > 0) return strings.listFull(added.noRoom.length)
  if (isAnyNew) return
  const [known] = added.known
  return known ? strings.wordExists(known) : strings.wordMissing
}
