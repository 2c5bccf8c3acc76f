/** The style sheet of a run's page. */
export const pageStyle = `
:root { color-scheme: light; font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; }
body { margin: 0; background: #f4f5f7; color: #1d2330; }
header, main { max-width: 1500px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 28px; }
h1 { margin: 0; font-size: 26px; }
h2 { margin: 0 0 12px; font-size: 17px; }
p { margin: 2px 0 0; color: #596275; }
section { margin: 20px 0; padding: 18px 20px; background: #fff; border: 1px solid #dfe3ea; border-radius: 8px; overflow-x: auto; }
dl.headline { display: flex; flex-wrap: wrap; gap: 12px; margin: 18px 0 0; }
dl.headline div { padding: 10px 18px; background: #fff; border: 1px solid #dfe3ea; border-radius: 8px; }
dl.headline dt { color: #596275; font-size: 13px; }
dl.headline dd { margin: 0; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.columns { display: flex; flex-wrap: wrap; gap: 20px; align-items: flex-start; }
.columns section { margin: 20px 0 0; flex: 0 1 auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 14px 4px 0; text-align: right; border-bottom: 1px solid #edf0f4; white-space: nowrap; }
th { color: #596275; font-weight: 600; }
table.config th, table.config td { text-align: left; }
pre { margin: 0; font: 13px/1.45 ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; }
figure { margin: 0; }
figcaption { margin-top: 8px; color: #596275; }
img { max-width: 100%; height: auto; }
.pictures { display: flex; flex-wrap: wrap; gap: 16px; }
.pictures.several figure { flex: 1 1 520px; max-width: max-content; }
`
