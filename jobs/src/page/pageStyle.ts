/** The style sheet of a run's page: light or dark as the reader's system is, and legible on a phone. */
export const pageStyle = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif;
  --ground: #f4f5f7; --card: #fff; --ink: #1d2330; --faint: #596275; --line: #dfe3ea; --rule: #edf0f4; --link: #1f55b5; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #12161e; --card: #1e1e20; --ink: #e6eaf2; --faint: #a3adbf; --line: #353d4c; --rule: #2b313c; --link: #8fb2ff; }
  img.chart { filter: invert(0.88) hue-rotate(180deg); }
}
body { margin: 0; background: var(--ground); color: var(--ink); }
a { color: var(--link); }
header, main { max-width: 1500px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 28px; }
h1 { margin: 0; font-size: 26px; }
h2 { margin: 0 0 12px; font-size: 17px; }
p { margin: 2px 0 0; color: var(--faint); overflow-wrap: anywhere; }
section { margin: 20px 0; padding: 18px 20px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow-x: auto; }
dl.headline { display: flex; flex-wrap: wrap; gap: 12px; margin: 18px 0 0; }
dl.headline div { padding: 10px 18px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
dl.headline dt { color: var(--faint); font-size: 13px; }
dl.headline dd { margin: 0; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.columns { display: flex; flex-wrap: wrap; gap: 20px; align-items: flex-start; }
.columns section { margin: 20px 0 0; flex: 0 1 auto; max-width: 100%; box-sizing: border-box; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 14px 4px 0; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th { color: var(--faint); font-weight: 600; }
table.facts th, table.facts td { text-align: left; vertical-align: top; }
table.facts td { white-space: normal; overflow-wrap: anywhere; max-width: 420px; }
ul.files { margin: 12px 0 0; padding: 0; list-style: none; color: var(--faint); }
pre { margin: 0; font: 13px/1.45 ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; }
figure { margin: 0; }
figcaption { margin-top: 8px; color: var(--faint); }
img { max-width: 100%; height: auto; }
.pictures { display: flex; flex-wrap: wrap; gap: 16px; }
.pictures.several figure { flex: 1 1 520px; max-width: max-content; }
@media (max-width: 700px) {
  header, main { padding: 0 12px; }
  header { padding-top: 16px; }
  section { padding: 14px 12px; }
  img.chart, img.image { max-width: none; }
  .pictures.several figure { flex: none; }
}
`
