// Measures that only the script knows (widths of columns), as rules of a sheet of our own: the policy of the page allows no
// style in an element.

export function newSheet() {
  const sheet = new CSSStyleSheet();
  let now = '';
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return (rules) => {
    if (rules !== now) sheet.replaceSync(rules);
    now = rules;
  };
}
