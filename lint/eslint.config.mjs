/* Agencies run browsers down to Chrome 109, the last for Windows 7 and 8.1. No rule knows one browser's version well in
   scripts and in styles, so the line is drawn at what every browser had in 2022, a few weeks before Chrome 109. What
   Chrome has for longer than the others is named here, with the version that brought it. */

import css from "@eslint/css";
import baseline from "eslint-plugin-baseline-js";
import es from "eslint-plugin-es-x";

const YEAR = 2022;

// Without types every .map() could be an iterator's; those of arrays are as old as the web.
const language = Object.entries(es.configs["flat/restrict-to-es2022"].rules).filter(
  ([name]) => !name.includes("iterator-prototype"),
);

const scripts = {
  files: ["**/*.js"],
  languageOptions: { ecmaVersion: "latest", sourceType: "module" },
  linterOptions: { reportUnusedDisableDirectives: "error" },
  plugins: { "es-x": es, "baseline-js": baseline },
  settings: { "es-x": { aggressive: true } },
  rules: {
    ...Object.fromEntries(language),
    "baseline-js/use-baseline": [
      "error",
      {
        available: YEAR,
        includeWebApis: { preset: "auto" },
        includeJsBuiltins: { preset: "auto" },
        ignoreFeatures: [
          "abortsignal-timeout", // Chrome 103
          "async-clipboard", // writeText: Chrome 66
          "highlight", // Chrome 105; a card is outlined without it
          "print", // Chrome 1
        ],
      },
    ],
  },
};

const styles = {
  files: ["**/*.css"],
  language: "css/css",
  plugins: { css },
  rules: {
    "css/use-baseline": [
      "error",
      {
        available: YEAR,
        allowSelectors: [
          "has", // Chrome 105
          "highlight", // Chrome 105
          "marker", // Chrome 86
          "selection", // Chrome 1
        ],
        allowAtRules: [
          "counter-style", // Chrome 91
          "page", // Chrome 2
        ],
        allowProperties: [
          "forced-color-adjust", // Chrome 89
          "outline", // Chrome 94 with the border's radius, before without
          "print-color-adjust", // -webkit-: Chrome 17; stands beside it
          "resize", // Chrome 1
        ],
        allowPropertyValues: {
          "break-after": ["avoid"], // Chrome 50
          "font-family": ["ui-monospace"], // others are named behind it
        },
      },
    ],
  },
};

export default [scripts, styles];
