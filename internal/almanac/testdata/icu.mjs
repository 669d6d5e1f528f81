// Days of 2024 to 2040 as ICU knows them. Needs nothing but node (made with
// node 20.20.2, ICU 78.2):
//
//	node internal/almanac/testdata/icu.mjs > internal/almanac/testdata/icu.tsv
const calendar = (name, month) => {
  const f = new Intl.DateTimeFormat(`en-u-ca-${name}-nu-latn`, { day: "numeric", month, year: "numeric", timeZone: "UTC" });
  return (day) => Object.fromEntries(f.formatToParts(day).map((p) => [p.type, p.value]));
};
const hebrew = calendar("hebrew", "long"), islamic = calendar("islamic-umalqura", "numeric"), persian = calendar("persian", "numeric");
const jewish = {
  "1 Tishri": "rosch_haschana", "10 Tishri": "jom_kippur", "15 Tishri": "sukkot", "22 Tishri": "schemini_azeret", "25 Kislev": "chanukka",
  "15 Nisan": "pessach", "6 Sivan": "schawuot",
};
for (let t = Date.UTC(2024, 0, 1); t < Date.UTC(2041, 0, 1); t += 864e5) {
  const day = new Date(t), iso = day.toISOString().slice(0, 10);
  const h = hebrew(day), i = islamic(day), p = persian(day);
  const feast = jewish[`${h.day} ${h.month}`];
  if (feast) console.log(`${feast}\t${iso}`);
  if (i.day === "1") console.log(`hijri ${i.year}-${i.month}\t${iso}`);
  if (p.day === "1" && p.month === "1") console.log(`nouruz\t${iso}`);
}
