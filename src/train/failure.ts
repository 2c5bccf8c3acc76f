/** What the outside world can do to a training: one line of text, and a tag to tell it by. */
export type Failure = { readonly _tag: string; readonly message: string }
