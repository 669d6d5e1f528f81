// Days and times of 2024 to 2040 as other programs compute them. In an empty folder
// (date-easter 1.0.3, suncalc 2.0.2, @umalqura/core 0.0.7):
//
//	npm install date-easter suncalc @umalqura/core
//	cp …/internal/almanac/testdata/others.mjs . && node others.mjs > others.tsv
import easter from "date-easter";
import * as sun from "suncalc";
import umalqura from "@umalqura/core";

const iso = (e) => [e.year, String(e.month).padStart(2, "0"), String(e.day).padStart(2, "0")].join("-");
for (let y = 2024; y <= 2040; y++) {
  console.log(`ostern\t${iso(easter.easter(y))}`);
  console.log(`ostern_orthodox\t${iso(easter.orthodoxEaster(y))}`);
}
for (let t = Date.UTC(2024, 0, 1); t < Date.UTC(2041, 0, 1); t += 864e5) {
  const d = new Date(t);
  const h = (umalqura.default ?? umalqura)(new Date(d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate(), 12));
  if (h.hd === 1) console.log(`hijri ${h.hy}-${h.hm}\t${d.toISOString().slice(0, 10)}`);
}
// Sunset at Herford, local time.
for (const y of [2024, 2027, 2040]) {
  for (let m = 0; m < 12; m++) {
    for (const d of [1, 15, 28]) {
      const { sunset } = (sun.default ?? sun).getTimes(new Date(Date.UTC(y, m, d, 12)), 52.11457, 8.67343);
      console.log(`sunset\t${sunset.toLocaleString("sv-SE", { timeZone: "Europe/Berlin" })}`);
    }
  }
}
