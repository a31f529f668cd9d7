/** What a conversation begins with: name -> write allowed. */
export const newToolsets: Readonly<Record<string, boolean>> = { k8s: false }
