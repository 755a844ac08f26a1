/** The elements of the player have styles of their own, which that of the page does not reach; some of them move. */
const STILL = new CSSStyleSheet();
STILL.replaceSync(
  '@media (prefers-reduced-motion: reduce) { *, ::before, ::after { transition: none !important; animation: none !important } }',
);

/** Lets nothing move inside the elements below `root` where no motion is wanted. */
export function stillShadows(root: ParentNode): void {
  for (const { shadowRoot } of root.querySelectorAll('*')) {
    if (shadowRoot === null) continue;
    shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, STILL];
    stillShadows(shadowRoot);
  }
}
