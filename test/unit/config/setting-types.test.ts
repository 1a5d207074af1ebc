import { optional } from "../../../src/config/setting-type.ts";
import { duration } from "../../../src/config/types/duration.ts";
import { ipAddressList } from "../../../src/config/types/ip-address.ts";
import { decimal, integer, integerOrAuto, prime } from "../../../src/config/types/number.ts";
import { rate } from "../../../src/config/types/rate.ts";
import { size } from "../../../src/config/types/size.ts";
import { statusRanges } from "../../../src/config/types/status-ranges.ts";
import { path, text, wordOrPath } from "../../../src/config/types/text.ts";
import { boolean, oneOf, someOf } from "../../../src/config/types/words.ts";
import { describeSettingTypes, type SettingTypeTable } from "../../support/setting-type-tables.ts";

const TABLES: readonly SettingTypeTable[] = [
  {
    name: "duration",
    type: duration({ min: "10ms", max: "2d" }),
    good: [
      ["10ms", 10],
      ["1.5s", 1500],
      ["0.1s", 100],
      ["2m", 120_000],
      ["1h", 3_600_000],
      ["2d", 172_800_000],
    ],
    bad: [
      "9ms",
      "3d",
      "0",
      "off",
      "0s",
      "",
      ["5 s", "its unit: 5s"],
      ["5min", "its unit: 5m"],
      ["5 minutes", "its unit: 5m"],
      ["30sec", "its unit: 30s"],
      ["1.5 Hours", "its unit: 1.5h"],
      ["200msec", "its unit: 200ms"],
      ["1day", "its unit: 1d"],
      ["1month", "e.g. 500ms"],
      "1.0001ms",
      "-1s",
      "+1s",
      "1e3ms",
      ["5S", "its unit: 5s"],
      ["5M", "its unit: 5m"],
      "s",
      "5 parsecs",
      "1h30m",
      ["30", "write 30s, or 30ms"],
    ],
  },
  {
    name: "duration that may be off",
    type: duration({ min: "1s", zero: "off" }),
    good: [
      ["0", 0],
      ["off", 0],
      ["0s", 0],
      ["0ms", 0],
      ["24d", 2_073_600_000],
    ],
    bad: ["25d", "999ms", "none"],
  },
  {
    name: "duration in whole seconds",
    type: duration({ min: "1s", max: "400d", zero: "off", wholeSeconds: true }),
    good: [
      ["0", 0],
      ["1s", 1000],
      ["1.5m", 90_000],
      ["400d", 34_560_000_000],
    ],
    bad: ["999ms", "401d", ["1500ms", "did you mean 2s?"]],
  },
  {
    name: "size",
    type: size({ min: "16KiB", max: "16MiB" }),
    good: [
      ["16KiB", 16_384],
      ["64k", 65_536],
      ["64K", 65_536],
      ["1m", 1_048_576],
      ["1.5MiB", 1_572_864],
      ["65536", 65_536],
      ["65536b", 65_536],
      ["16 MiB", 16_777_216],
    ],
    bad: ["", "12abc", "15KiB", "17MiB", "-1k", "1t", "0.3b", ["64KB", "64KiB"], ["1mb", "1MiB"]],
  },
  {
    name: "integer",
    type: integer({ min: 1, max: 4_294_967_295 }),
    good: [
      ["1", 1],
      ["007", 7],
      ["4294967295", 4_294_967_295],
    ],
    bad: ["0", "4294967296", "", "1.0", "1e3", "+1", "-1", "0x10", "1_000", "99999999999999999999"],
  },
  {
    name: "integer with a meaning for 0",
    type: integer({ min: 2, max: 9, zero: "off" }),
    good: [
      ["0", 0],
      ["2", 2],
    ],
    bad: ["1", "10"],
  },
  {
    name: "integer or auto",
    type: integerOrAuto({ min: 1, max: 9 }),
    good: [
      ["auto", "auto"],
      ["9", 9],
    ],
    bad: ["0", "Auto", ""],
  },
  {
    name: "number",
    type: decimal({ min: 1.01, max: 100, zero: "off" }),
    good: [
      ["0", 0],
      ["0.0", 0],
      ["1.01", 1.01],
      ["100", 100],
    ],
    bad: ["1", "1.009", "100.1", ".5", "1.", "1,5", "NaN", "Infinity", "1e1", ""],
  },
  {
    name: "prime",
    type: prime({ min: 251, max: 5_000_011 }),
    good: [
      ["251", 251],
      ["65537", 65_537],
      ["5000011", 5_000_011],
    ],
    bad: ["2", "250", ["65536", "did you mean 65537?"], ["252", "did you mean 257?"], "5000013"],
  },
  {
    name: "boolean",
    type: boolean(),
    good: [
      ["true", true],
      ["FALSE", false],
      ["1", true],
      ["0", false],
      ["Yes", true],
      ["no", false],
      ["on", true],
      ["off", false],
    ],
    bad: ["", "2", "y", "enabled", ["ture", '"true"'], ["fasle", '"false"']],
  },
  {
    name: "word",
    type: oneOf("ring", "rendezvous"),
    good: [["ring", "ring"]],
    bad: ["", ["Ring", '"ring"'], ["rendevous", '"rendezvous"'], "least_conn"],
  },
  {
    name: "a word that is begun, or goes on",
    type: oneOf("warn", "round_robin", "on", "off"),
    good: [["on", "on"]],
    bad: [
      ["WARNING", 'did you mean "warn"?'],
      ["round", 'did you mean "round_robin"?'],
      ["true", 'did you mean "on"?'],
      ["No", 'did you mean "off"?'],
    ],
  },
  {
    name: "list of words",
    type: someOf("errors", "slow"),
    good: [
      ["errors", ["errors"]],
      ["slow errors,slow", ["errors", "slow"]],
      ["off", []],
    ],
    bad: ["errors,off", ["eror", '"errors"']],
  },
  {
    name: "status ranges",
    type: statusRanges(),
    good: [
      ["200-399", [{ from: 200, to: 399 }]],
      [
        "204, 301-308",
        [
          { from: 204, to: 204 },
          { from: 301, to: 308 },
        ],
      ],
    ],
    bad: ["600", "99", "20", "200-", "-200", "200-600", ["2xx", "200-299"], ["399-200", "200-399"]],
  },
  {
    name: "rate",
    type: rate(),
    good: [
      ["off", undefined],
      ["0", undefined],
      ["20/s", { perSecond: 20, burst: 20 }],
      ["20/s burst 40", { perSecond: 20, burst: 40 }],
      ["300/m", { perSecond: 5, burst: 5 }],
      ["0.5/s", { perSecond: 0.5, burst: 1 }],
      ["30 / m burst=3", { perSecond: 0.5, burst: 3 }],
    ],
    bad: ["20", "", "0/s", "20/s burst 0", "20/s burst", "-1/s", "20/d", ["20 per second", "20/s burst 40"]],
  },
  {
    name: "IP addresses",
    type: ipAddressList(),
    good: [
      ["10.0.0.1 2001:DB8::0001", ["10.0.0.1", "2001:db8::1"]],
      ["[::1]", ["::1"]],
      ["::ffff:10.0.0.1", ["10.0.0.1"]],
      ["", []],
    ],
    bad: ["10.1", "010.0.0.1", "0x7f.1", "256.0.0.1", "10.0.0.1/32", "localhost", "::ffff:010.0.0.1", "1::2::3", ":::"],
  },
  {
    name: "text",
    type: text({ allowed: "lower case", pattern: /^[a-z]+$/ }),
    good: [["abc", "abc"]],
    bad: ["", "Abc", "a b"],
  },
  { name: "path", type: path(), good: [["a/b c", "a/b c"]], bad: ["", "a\u0000b", "a\nb"] },
  {
    name: "word or path",
    type: wordOrPath("stdout", "off"),
    good: [
      ["stdout", "stdout"],
      ["./a.log", "./a.log"],
      ["/var/log/a", "/var/log/a"],
    ],
    bad: ["access.log", ["sdtout", '"stdout"']],
  },
  {
    name: "optional",
    type: optional(integer({ min: 1, max: 9 })),
    good: [
      ["", undefined],
      ["9", 9],
    ],
    bad: ["0", "x"],
  },
];

describeSettingTypes(TABLES);
