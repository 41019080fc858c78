// @ts-check
"use strict";

/*
 * `weft asar` beside npm's @electron/asar: the same bytes, the same lists, the same files.
 */

const { test, before, after, describe } = require("node:test");
const assert = require("node:assert/strict");
const { spawn, spawnSync } = require("node:child_process");
const { once } = require("node:events");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const tool = require("@electron/asar");
const { packArchive } = require("../support/asar");

const ROOT = path.resolve(__dirname, "../..");
const WEFT = path.resolve(
  ROOT,
  process.env.WEFT_TEST_BUILD ?? "build",
  "src/launcher/weft",
);
const GIB = 2 ** 30;

/** @type {string} */
let folder;
before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "weft asar "))));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

/** @param {string[]} args */
function weft(...args) {
  const { status, stdout, stderr } = spawnSync(WEFT, ["asar", ...args], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  return { code: status, stdout, stderr };
}

/** @param {string[]} args */
function weftWell(...args) {
  const { code, stdout, stderr } = weft(...args);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  return stdout;
}

/** @param {Record<string, string | { link: string } | { run: string } | null>} tree */
function write(tree, root = fs.mkdtempSync(path.join(folder, "in "))) {
  for (const [name, value] of Object.entries(tree)) {
    const at = path.join(root, name);
    fs.mkdirSync(value === null ? at : path.dirname(at), { recursive: true });
    if (typeof value === "string") fs.writeFileSync(at, value);
    else if (value && "link" in value) fs.symlinkSync(value.link, at);
    else if (value) fs.writeFileSync(at, value.run, { mode: 0o755 });
  }
  return root;
}

/** What lies in a folder: type, permission and content of each entry. @param {string} root */
function read(root) {
  if (!fs.existsSync(root)) return null;
  const entries = fs.readdirSync(root, {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .map((entry) => {
      const at = path.join(entry.parentPath, entry.name);
      const name = path.relative(root, at);
      if (entry.isSymbolicLink()) return [name, "link", fs.readlinkSync(at)];
      if (entry.isDirectory()) return [name, "folder", ""];
      const executable = (fs.statSync(at).mode & 0o100) !== 0;
      return [name, executable, fs.readFileSync(at).toString("latin1")];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** @param {string} a @param {string} b */
function isSameFile(a, b) {
  return spawnSync("cmp", [a, b]).status === 0;
}

/**
 * Packs with both, and compares all that there is to compare.
 * @param {string} source
 * @param {Record<string, string>} [options]
 */
async function compare(source, options = {}) {
  const out = fs.mkdtempSync(path.join(folder, "out "));
  const [theirs, ours] = ["theirs.asar", "ours.asar"].map((name) =>
    path.join(out, name),
  );
  const flags = Object.entries(options).flatMap(([name, value]) =>
    value === "yes" ? [`--${name}`] : [`--${name}`, value],
  );
  await tool.createPackageWithOptions(source, theirs, {
    unpack: options.unpack,
    unpackDir: options["unpack-dir"],
    ordering: options.ordering,
    dot: !options["exclude-hidden"],
  });
  weftWell("pack", source, ours, ...flags);
  assert.ok(
    isSameFile(theirs, ours),
    `${source} ${flags}: the archives differ`,
  );
  assert.deepEqual(read(`${ours}.unpacked`), read(`${theirs}.unpacked`));
  for (const [flag, isPack] of /** @type {[string[], boolean][]} */ ([
    [[], false],
    [["-i"], true],
  ])) {
    const list = tool.listPackage(theirs, { isPack });
    assert.equal(
      weftWell("list", ours, ...flag),
      list.map((line) => `${line}\n`).join(""),
    );
  }
  assert.match(weftWell("verify", ours), / 0 differ/);
  return { theirs, ours, out };
}

/** The same, and both take the other's apart. @param {string} source */
async function compareBothWays(source, options = {}) {
  const { theirs, ours, out } = await compare(source, options);
  weftWell("extract", theirs, path.join(out, "by us"));
  tool.extractAll(ours, path.join(out, "by them"));
  const extracted = read(path.join(out, "by us"));
  assert.deepEqual(extracted, read(path.join(out, "by them")));
  if (Object.keys(options).length === 0)
    assert.deepEqual(extracted, read(source));
}

/** Packages with their commands, as npm installs them: more than 10,000 files. */
function manyPackages() {
  /** @type {Parameters<typeof write>[0]} */
  const tree = {};
  for (let i = 0; i < 520; i++) {
    const name = i % 3 ? `package-${i}` : `@scope-${i % 7}/package.${i}`;
    tree[`${name}/package.json`] = JSON.stringify({
      name,
      version: `1.${i}.0`,
      bin: "./cli.js",
    });
    tree[`${name}/cli.js`] = {
      run: `#!/usr/bin/env node\nrequire('./lib/${i}');\n`,
    };
    tree[`.bin/command-${i}`] = { link: `../${name}/cli.js` };
    tree[`${name}/LICENSE`] = "The same in each.\n";
    for (let k = 0; k < 18; k++)
      tree[`${name}/lib/${k}.js`] = `exports.x = ${i * k};\n`;
  }
  return tree;
}

const NAMES = [
  ...[
    "10",
    "2",
    "01",
    "0",
    "4294967294",
    "4294967295",
    "__proto__",
    "constructor",
  ],
  ...[
    "é",
    "e\u0301",
    "😀",
    "Ａ",
    "\ue000",
    "שלום",
    "عربى",
    "日本",
    "a b",
    "-x",
    "..x",
    ".hidden",
  ],
  ...[
    "tab\t",
    "line\n",
    'quote"',
    "'",
    "\x7f",
    "\u2028",
    "[a]",
    "{b}",
    "*",
    "!(c)",
  ],
];

const everyName = () =>
  Object.fromEntries(
    NAMES.flatMap((name) => [
      [`${name}/${name}`, name],
      [`folder/${name}`, `${name}!`],
    ]),
  );

describe("the same archive as @electron/asar", () => {
  test("of this repository", async () => {
    for (const part of ["src", "lib", "test", "docs"])
      await compareBothWays(path.join(ROOT, part));
  });

  test("of more than 10,000 files with links and executables", async () => {
    await compareBothWays(write(manyPackages()));
  });

  test("of nothing, and of empty folders and files", async () => {
    await compareBothWays(write({}));
    await compareBothWays(write({ "a/b": null, c: "", d: "" }));
  });

  test("of names in every script, and of such as JavaScript sorts as numbers", async () => {
    await compareBothWays(write(everyName()));
  });

  test("of links: to files, folders, links and nothing", async () => {
    const source = write({
      "a/file": "x",
      "a/here": { link: "file" },
      "b/c/up": { link: "../../a" },
      "b/absent": { link: "not/there" },
      chain: { link: "b/c/up/here" },
    });
    fs.symlinkSync(path.join(source, "a/file"), path.join(source, "absolute"));
    const { ours, theirs, out } = await compare(source);
    weftWell("extract", ours, path.join(out, "by us"));
    tool.extractAll(theirs, path.join(out, "by them"));
    assert.deepEqual(
      read(path.join(out, "by us")),
      read(path.join(out, "by them")),
    );
  });

  test("with files of several blocks", async () => {
    const sizes = [0, 1, -1]
      .map((more) => 4 * 2 ** 20 + more)
      .concat(8 * 2 ** 20, 9_999_999);
    const tree = sizes.map((size, i) => [`${i}`, String(i).repeat(size)]);
    await compareBothWays(write(Object.fromEntries(tree)));
  });

  /** @type {Record<string, string>[]} */
  const choices = [
    { unpack: "*.node" },
    { unpack: "**/{lib,bin}/*" },
    { unpack: "!(*.js)" },
    { "unpack-dir": "a" },
    { "unpack-dir": "**/lib" },
    { "unpack-dir": "{a,c}/b", unpack: "*.js" },
    { "exclude-hidden": "yes" },
  ];
  for (const options of choices) {
    test(`with ${JSON.stringify(options)}`, async () => {
      const source = write({
        "a/b/x.node": "x",
        "a/lib/y.js": "y",
        "ab/lib/y.js": "y",
        "c/b/deep/z": { run: "z" },
        "c/b/link": { link: "deep/z" },
        "c/..data/v": "v",
        ".git/config": "",
        "c/.hidden": "",
      });
      await compareBothWays(source, options);
    });
  }

  test("in the order of a list", async () => {
    const source = write({
      "a/1": "one",
      "a/2": "two",
      "b/c": "three",
      d: "four",
    });
    const ordering = path.join(folder, "ordering");
    fs.writeFileSync(ordering, "/b/c\r\n42: a/2\n\nnot/there\na/../d\n");
    const { ours } = await compare(source, { ordering });
    const said = weft("pack", source, ours, "--ordering", ordering).stdout;
    assert.equal(said, `Ordering file has ${(5 / 6) * 100}% coverage.\n`);
  });

  test("of 3 GiB", async (t) => {
    const { bavail, bsize } = fs.statfsSync(folder);
    if (bavail * bsize < 8 * GIB) return t.skip("it needs 8 GiB of free space");
    const source = write({ a: "first", b: "second", c: "third" });
    for (const name of ["a", "b", "c"])
      fs.truncateSync(path.join(source, name), GIB + 1);
    const { ours, out } = await compare(source);
    weftWell("extract", ours, path.join(out, "x"));
    assert.ok(isSameFile(path.join(source, "c"), path.join(out, "x/c")));
    fs.rmSync(out, { recursive: true });
    return undefined;
  });
});

describe("weft asar", () => {
  test("its help names each command and option", () => {
    const help = weftWell("--help");
    for (const name of [
      "pack|p",
      "list|l",
      "extract|e",
      "extract-file|ef",
      "stat",
      "verify",
    ]) {
      assert.ok(help.includes(`  ${name} `), name);
    }
    assert.equal(weftWell(), help);
    assert.match(weftWell("pack", "--help"), /--unpack-dir <value>/);
    assert.match(weftWell("l", "-h"), /-i, --is-pack/);
  });

  test("its version is Weft's, in the tool's form", () => {
    const { version } = require("../../package.json");
    assert.equal(weftWell("--version"), `v${version}\n`);
    assert.equal(weftWell("-V"), `v${version}\n`);
  });

  /** @type {[string[], RegExp][]} */
  const mistakes = [
    [
      ["frobnicate"],
      /^weft: asar: there is no command 'frobnicate'; see 'weft asar --help'\n$/,
    ],
    [["pack", "a"], /missing required argument 'output'/],
    [["list"], /missing required argument 'archive'/],
    [["list", "a", "b"], /one argument too many: 'b'/],
    [["list", "a", "--unpack", "b"], /unknown option '--unpack'/],
    [["pack", "a", "b", "--unpack"], /a value is missing after '--unpack'/],
    [
      ["pack", "--unpack", "--exclude-hidden", "a", "b"],
      /a value is missing after '--unpack'/,
    ],
  ];
  for (const [args, message] of mistakes) {
    test(`refuses ${args.join(" ")}`, () => {
      const { code, stdout, stderr } = weft(...args);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, message);
    });
  }

  test("extract-file and stat find one entry", () => {
    const source = write({ "a/b": { run: "text" }, l: { link: "a" } });
    weftWell("p", source, "one.asar");
    weftWell("ef", "one.asar", "l/b");
    assert.equal(fs.readFileSync(path.join(folder, "b"), "utf8"), "text");
    const facts = weftWell("stat", "one.asar", "a/b");
    assert.match(facts, /^path: +\/a\/b\nkind: +file\n/);
    assert.match(
      facts,
      /size: +4 bytes\n[^]*executable: yes\nSHA-256: +982d9e3e/,
    );
    assert.match(weftWell("stat", "one.asar", "l"), /leads to: +\/a\n/);
    assert.match(
      weft("ef", "one.asar", "a").stderr,
      /^weft: 'a' is a folder\n$/,
    );
    assert.match(
      weft("stat", "one.asar", "x").stderr,
      /^weft: 'x' was not found in 'one.asar'\n$/,
    );
  });

  test("paths in an archive are normalized, as in @electron/asar", () => {
    const source = write({ "a/b": "text", "package.json": "{}" });
    weftWell("p", source, "paths.asar");
    const into = (/** @type {string} */ name) => path.join(folder, name);
    for (const [given, name] of [
      ["./package.json", "package.json"],
      ["./a/./b", "b"],
      ["a/../package.json", "package.json"],
    ]) {
      fs.rmSync(into(name), { force: true });
      weftWell("extract-file", "paths.asar", given);
      assert.ok(fs.existsSync(into(name)), given);
    }
    assert.match(weftWell("stat", "paths.asar", "./a//b"), /^path: +\/a\/b\n/);
    for (const command of ["extract-file", "stat"]) {
      assert.deepEqual(weft(command, "paths.asar", "package.json/"), {
        code: 1,
        stdout: "",
        stderr:
          "weft: 'package.json' is a file; ask for it without the slash\n",
      });
    }
    assert.match(
      weft("ef", "paths.asar", ".").stderr,
      /^weft: '\/' is a folder\n$/,
    );
  });

  test("only a folder is packed", () => {
    write({ file: "x" }, folder);
    assert.deepEqual(weft("pack", "file", "file.asar"), {
      code: 1,
      stdout: "",
      stderr: "weft: 'file' is no folder; only a folder can be packed\n",
    });
    assert.ok(!fs.existsSync(path.join(folder, "file.asar")));
  });

  test("names may be as long as a file system takes", () => {
    const long = `${"é".repeat(125)}.node`;
    const source = write({ [long]: "long" });
    const archive = path.join(folder, `${"ü".repeat(120)}.asar`);
    weftWell("pack", source, archive, "--unpack", "*.node");
    assert.deepEqual(read(`${archive}.unpacked`), read(source));
    weftWell("extract-file", archive, long);
    assert.equal(fs.readFileSync(path.join(folder, long), "utf8"), "long");
    weftWell("extract", archive, "x".repeat(255));
    assert.deepEqual(read(path.join(folder, "x".repeat(255))), read(source));
  });

  test("what is replaced keeps its mode", () => {
    const source = write({ file: "x" });
    const archive = path.join(source, "private.asar");
    fs.writeFileSync(archive, "", { mode: 0o600 });
    weftWell("pack", source, archive);
    assert.equal(fs.statSync(archive).mode & 0o777, 0o600);
  });

  test("what lies beside may be a link to another file system", () => {
    const source = write({ "d/a.node": "a", b: "b" });
    const other = fs.mkdtempSync("/dev/shm/weft-asar-");
    const archive = path.join(folder, "linked.asar");
    fs.symlinkSync(other, `${archive}.unpacked`);
    fs.writeFileSync(path.join(other, "stays"), "");
    weftWell("pack", source, archive, "--unpack", "*.node");
    assert.deepEqual(fs.readdirSync(other).sort(), ["d", "stays"]);
    assert.match(weftWell("verify", archive), /^2 files are .*, 0 differ/);
    fs.rmSync(other, { recursive: true });
  });

  test("an error names what was asked for", () => {
    const source = write({ file: "x" });
    const into = path.join(source, "file/x.asar");
    const says = (/** @type {string[]} */ ...args) => weft(...args).stderr;
    assert.equal(
      says("pack", source, into),
      `weft: cannot write '${into}': Not a directory\n`,
    );
    assert.equal(
      says("pack", source, "x.asar", "--ordering", source),
      `weft: cannot read '${source}': Is a directory\n`,
    );
    assert.match(
      says("pack", "x".repeat(4000), "x.asar"),
      /: File name too long\n$/,
    );
  });

  test("a bar is as wide as the terminal, and is wiped with spaces", () => {
    const source = write({ file: "x".repeat(2 ** 20) });
    const archive = path.join(source, "x.asar");
    for (const columns of [20, 200]) {
      const pack = `stty cols ${columns}; exec '${WEFT}' asar pack '${source}' '${archive}'`;
      const args = ["-qec", pack, "/dev/null"];
      const { stdout } = spawnSync("script", args, { encoding: "utf8" });
      assert.match(stdout, /^\rpacking \[ +\] {3}0%[^]*\r +\r$/);
      assert.ok(stdout.split("\r").every((line) => line.length < columns));
      assert.ok(!stdout.includes("\x1b"));
    }
  });

  test("what cannot be printed is an error", () => {
    const archive = path.join(write({ file: "x" }), "x.asar");
    weftWell("pack", path.dirname(archive), archive);
    const full = fs.openSync("/dev/full", "w");
    for (const args of [
      ["list", archive],
      ["stat", archive, "file"],
      ["verify", archive],
      ["--help"],
    ]) {
      const { status, stderr } = spawnSync(WEFT, ["asar", ...args], {
        stdio: ["ignore", full, "pipe"],
        encoding: "utf8",
      });
      assert.deepEqual(
        [args[0], status, stderr],
        [args[0], 1, "weft: cannot write the output\n"],
      );
    }
    fs.closeSync(full);
  });

  test("verify misses what should lie beside the archive, with a hash or without", () => {
    const archive = path.join(write({}), "beside.asar");
    packArchive(archive, {
      "good.txt": "good",
      "gone.node": { bytes: "gone", unpacked: true },
    });
    const check = () => weft("verify", archive);
    assert.match(check().stdout, /^2 files are .*, 0 differ, 0 have no hash/);
    fs.rmSync(`${archive}.unpacked/gone.node`);
    const message =
      "weft: 'gone.node' beside the archive cannot be read: No such file or directory\n";
    const withHash = check();
    assert.deepEqual([withHash.code, withHash.stderr], [1, message]);
    assert.match(withHash.stdout, /^1 files .*, 1 differ, 0 have no hash/);

    const bytes = fs.readFileSync(archive, "latin1");
    const hidden = bytes.replaceAll('"integrity"', '"otherwise"');
    fs.writeFileSync(archive, hidden, "latin1");
    const without = check();
    assert.deepEqual([without.code, without.stderr], [1, message]);
    assert.match(without.stdout, /^0 files .*, 1 differ, 1 have no hash/);
  });

  test("Ctrl-C ends it and leaves nothing behind", async () => {
    const source = write({ large: "" });
    fs.truncateSync(path.join(source, "large"), 4 * GIB - 1);
    const out = fs.mkdtempSync(path.join(folder, "out "));
    const child = spawn(WEFT, [
      "asar",
      "pack",
      source,
      path.join(out, "a.asar"),
    ]);
    await once(child, "spawn");
    child.kill("SIGINT");
    const [code, signal] = await once(child, "exit");
    assert.deepEqual([code, signal], [null, "SIGINT"]);
    assert.deepEqual(fs.readdirSync(out), []);
  });

  test("a signal that is ignored, as by nohup, does not end it", async () => {
    const source = write({ large: "x".repeat(64 * 2 ** 20) });
    const out = fs.mkdtempSync(path.join(folder, "out "));
    const run = `trap '' HUP; exec "$0" asar pack "$1" "$2"`;
    const archive = path.join(out, "a.asar");
    const watcher = fs.watch(out);
    const child = spawn("sh", ["-c", run, WEFT, source, archive]);
    await once(watcher, "change"); // it has begun to write
    watcher.close();
    child.kill("SIGHUP");
    assert.deepEqual(await once(child, "exit"), [0, null]);
    assert.deepEqual(fs.readdirSync(out), ["a.asar"]);
  });
});
