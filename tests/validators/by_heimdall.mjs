// Reads HDF documents as Heimdall does, with inspecjs: `by_heimdall.mjs DOCUMENT...`; prints, by path, what is wrong or
// the status of every control.
import { readFileSync } from "node:fs";
import { contextualizeEvaluation, convertFile } from "inspecjs";

const judged = {};
for (const path of process.argv.slice(2)) {
  try {
    const evaluation = convertFile(readFileSync(path, "utf8"))["1_0_ExecJson"];
    if (evaluation === undefined) throw new Error("is no exec-json");
    const controls = contextualizeEvaluation(evaluation).contains.flatMap((profile) => profile.contains);
    judged[path] = {
      controls: controls.map(({ hdf }) => ({
        id: hdf.wraps.id,
        status: hdf.status,
        severity: hdf.severity,
        waived: hdf.waived,
        nist: hdf.canonized_nist({ pad_zeros: false, max_specifiers: 2, allow_letters: true }),
      })),
    };
  } catch (error) {
    judged[path] = { wrong: String(error).slice(0, 500) };
  }
}
console.log(JSON.stringify(judged));
