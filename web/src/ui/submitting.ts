/** Return the properties of a form that `submit`s, unless it `isBusy`, and shows its own messages about wrong fields. */
export function submitting(isBusy: boolean, submit: () => Promise<void>) {
  return {
    noValidate: true,
    onSubmit(event: Event) {
      event.preventDefault()
      if (!isBusy) void submit()
    },
  }
}
