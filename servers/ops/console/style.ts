/** One column, large targets, colours of at least 4.5:1 in light and dark; nothing is told by colour alone. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1c2430;--soft:#52606d;--line:#c6ced6;--paper:#fff;--card:#f5f7f9;--go:#0b6b3a;--stop:#a3231f;--mark:#7a4b00}
@media (prefers-color-scheme:dark){:root{--ink:#e8edf2;--soft:#aab6c2;--line:#3d4854;--paper:#12171d;--card:#1b222a;--go:#5fd39a;--stop:#ff9a94;--mark:#ffc766}}
*{box-sizing:border-box}
body{margin:0;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
a{color:inherit}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem}
header,main,footer{max-width:68rem;margin:0 auto;padding:.75rem 1rem}
header{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:center;border-bottom:1px solid var(--line)}
header strong{font-size:1.15rem}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem;flex:1}
nav a,nav button,.lang{display:inline-block;padding:.5rem 0}
nav a{text-decoration:none;border-bottom:3px solid transparent}
nav a:hover{text-decoration:underline}
nav a[aria-current]{font-weight:700;border-bottom-color:var(--go)}
footer{color:var(--soft);border-top:1px solid var(--line);font-size:.9rem}
h1{font-size:1.4rem;margin:.5rem 0 1rem}
h2{font-size:1.1rem;margin:1.5rem 0 .5rem}
.card{border:1px solid var(--line);border-radius:.5rem;background:var(--card);padding:.75rem 1rem;margin:0 0 .75rem}
.card h3{margin:0 0 .25rem;font-size:1.05rem}
.card .row{display:flex;gap:.75rem;align-items:flex-start}
.card input[type=checkbox]{width:1.5rem;height:1.5rem;margin:.15rem 0 0;flex:none}
.facts{margin:.25rem 0 0;color:var(--soft);display:flex;flex-wrap:wrap;gap:0 1rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.25rem 0 .75rem}
th,td{text-align:left;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
thead th{color:var(--soft);font-size:.85rem;font-weight:600}
thead th::first-letter{text-transform:uppercase}
code{font-size:.9em}
.short{white-space:nowrap}
.pill{display:inline-block;padding:0 .6rem;border:1px solid currentColor;border-radius:1rem;font-weight:600;white-space:nowrap}
.good{color:var(--go)}
.bad{color:var(--stop)}
.odd{color:var(--mark)}
dl{display:grid;grid-template-columns:minmax(10rem,16rem) 1fr;gap:.5rem 1.5rem;margin:0}
dt:target{outline:3px solid var(--mark);outline-offset:.25rem}
dt code{display:block;color:var(--soft)}
dd{margin:0}
tr.changed td:last-child{font-weight:700}
.tag{color:var(--mark);font-weight:600;white-space:nowrap}
.warn{border-left:.35rem solid var(--stop);padding:.5rem .75rem;background:var(--card);margin:0 0 .75rem}
.said{border-left-color:var(--go)}
.held{border-left:.35rem solid var(--stop)}
.total{font-size:1.2rem;font-weight:700}
button{font:inherit;font-weight:600;min-height:2.9rem;padding:.5rem 1.25rem;border-radius:.4rem;border:2px solid currentColor;background:var(--paper);color:var(--ink);cursor:pointer}
button.go,button.stop{color:var(--paper)}
button.go{background:var(--go);border-color:var(--go)}
button.stop{background:var(--stop);border-color:var(--stop)}
button.plain{border:0;background:none;min-height:0;padding:.5rem 0;text-decoration:underline;font-weight:400}
:focus-visible{outline:3px solid #2f7de1;outline-offset:2px}
form.decide{display:flex;flex-direction:column;gap:.5rem;margin:0 0 1.25rem;max-width:32rem;align-items:flex-start}
select,input[type=text]{font:inherit;width:100%;padding:.6rem;border:1px solid var(--soft);border-radius:.4rem;background:var(--paper);color:var(--ink)}
@media (max-width:40rem){nav{flex-basis:100%;order:1}dl{grid-template-columns:1fr}form.decide button{width:100%}header{padding:.5rem 1rem}}
`
