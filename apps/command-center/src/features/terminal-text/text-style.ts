/** 0 to 15 by the theme's palette; everything else as the program named it. */
export type TextColour = number | `#${string}`

/** The style that a program set for its text. Equal styles are the same object. */
export type TextStyle = {
  readonly codes: string
  readonly ink: TextColour | undefined
  readonly ground: TextColour | undefined
  readonly isBold: boolean
  readonly isFaint: boolean
  readonly isItalic: boolean
  readonly isUnderlined: boolean
  readonly isStruck: boolean
  readonly isInverse: boolean
}

export const plainStyle: TextStyle = {
  codes: '',
  ink: undefined,
  ground: undefined,
  isBold: false,
  isFaint: false,
  isItalic: false,
  isUnderlined: false,
  isStruck: false,
  isInverse: false,
}
