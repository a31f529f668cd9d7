import type { ComponentProps } from 'react'
import { type ButtonSize, type ButtonVariant, buttonClasses } from './button-classes.ts'
import { PageLink } from './page-link.tsx'

type LinkButtonProps = ComponentProps<typeof PageLink> & { variant?: ButtonVariant; size?: ButtonSize }

export function LinkButton({ variant = 'secondary', size = 'm', className, ...rest }: LinkButtonProps) {
  return <PageLink {...rest} className={buttonClasses(variant, size, className)} />
}
