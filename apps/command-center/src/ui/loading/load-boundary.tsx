'use client'

import { Component, type ReactNode } from 'react'

type LoadBoundaryProps = { fallback: ReactNode; children: ReactNode }

/** A part of the page that cannot be loaded, as after a new version was installed, takes nothing else with it. */
export class LoadBoundary extends Component<LoadBoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.fallback : this.props.children
  }
}
