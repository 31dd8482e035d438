// The keys people know from other mail programs: j/k next and previous, o or Enter open, u back to the list.

export function installKeys({ links, back, signal }) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest('input, textarea, select, dialog')) return;
    const move = { j: 1, k: -1 }[event.key];
    if (move) {
      const all = links();
      const at = all.findIndex((link) => link === document.activeElement);
      const current = at >= 0 ? at : all.findIndex((link) => link.hasAttribute('aria-current'));
      const next = all[Math.max(0, Math.min(all.length - 1, current + move))];
      next?.focus();
      next?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'o' && document.activeElement?.matches('.row a')) {
      document.activeElement.click();
    } else if (event.key === 'u') {
      back();
    } else {
      return;
    }
    event.preventDefault();
  }, { signal });
}
