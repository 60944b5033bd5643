import X from 'lucide/dist/esm/icons/x.mjs'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { TextArea } from '../../ui/Field'
import { focusNear } from '../../ui/focusNear'
import { useTextForm } from '../../ui/useTextForm'
import { AddForm } from './AddForm'
import styles from './BlockedWords.module.css'
import { type Added, addWords, MAX_WORD_LENGTH, MAX_WORDS } from './blockedWords'
import * as strings from './strings'

const alphabet = new Intl.Collator()

interface Props {
  words: readonly string[]
  /** Resolve with whether the words were saved. */
  onSave(words: string[]): Promise<boolean>
}

/** The words that messages may not contain. Each change is saved right away. */
export function BlockedWords({ words, onSave }: Props) {
  const remove = (word: string, button: HTMLElement) => {
    const keepFocus = focusNear(button)
    void onSave(words.filter((other) => other !== word))
    keepFocus()
  }
  return (
    <Card
      title={strings.blockedWords}
      action={<span class={styles.soft}>{strings.wordCount(words.length, MAX_WORDS)}</span>}
    >
      <p class={styles.soft}>{strings.blockedWordsHint}</p>
      <AddWords words={words} onSave={onSave} />
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

function AddWords({ words, onSave }: Props) {
  const { isBusy, form, field } = useTextForm((text) => {
    const result = addWords(text, words)
    const isAnyNew = result.words.length > words.length
    // The words that can't be added stay in the field, so that the creator can fix them.
    const rejected = [...result.tooLong, ...result.matchesAll, ...result.noRoom].join(', ')
    const next = { text: rejected, error: errorText(result, isAnyNew) }
    if (!isAnyNew) return next
    return onSave(result.words).then((isSaved) => (isSaved ? next : undefined))
  })
  return (
    <AddForm {...form} button={strings.add} isBusy={isBusy}>
      <TextArea
        {...field}
        label={strings.addWords}
        hint={strings.addWordsHint}
        rows={1}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          event.currentTarget.form?.requestSubmit()
        }}
      />
    </AddForm>
  )
}

/** Return why some words weren't added, or undefined if there is nothing to report. */
function errorText(result: Added, isAnyNew: boolean): string | undefined {
  const [tooLong] = result.tooLong
  if (tooLong) return strings.wordTooLong(tooLong, MAX_WORD_LENGTH)
  const [matchesAll] = result.matchesAll
  if (matchesAll) return strings.wordMatchesAll(matchesAll)
  if (result.noRoom.length > 0) return strings.listFull(result.noRoom.length)
  if (isAnyNew) return
  const [existing] = result.existing
  return existing ? strings.wordExists(existing) : strings.wordMissing
}
