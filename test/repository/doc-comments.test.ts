/** Every public name and prop has a doc comment, and every optional prop says its default: editors and `npm run docs:api` show them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SOURCE = path.join(ROOT, 'src');
const { exports } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, unknown>>;
};
const ENTRIES = Object.keys(exports)
  .filter((name) => !name.endsWith('.json'))
  .map((name) => path.join(SOURCE, `${name === '.' ? 'index' : name.slice(2)}.ts`));

const program = ts.createProgram(ENTRIES, optionsOfTheProject());
const checker = program.getTypeChecker();

it('npm run docs:api writes a page for each entry', () => {
  const { entryPoints } = JSON.parse(readFileSync(path.join(ROOT, 'typedoc.json'), 'utf8')) as {
    readonly entryPoints: readonly string[];
  };
  expect(entryPoints.map((file) => path.join(ROOT, file)).sort()).toEqual(ENTRIES.toSorted());
});

describe('the public names', () => {
  it('all have a doc comment', () => {
    const names = ENTRIES.flatMap(exportsOf).filter(isOurs);
    expect(names.length).toBeGreaterThan(300);
    expect(placesOf(names.filter((symbol) => !hasComment(symbol)))).toEqual([]);
  });

  it('have props and methods with a doc comment each', () => {
    const members = ENTRIES.flatMap(exportsOf).flatMap(membersOf);
    expect(members.length).toBeGreaterThan(800);
    expect(placesOf(members.filter((symbol) => !hasComment(symbol)))).toEqual([]);
  });

  it('have a default for each optional prop', () => {
    const optional = ENTRIES.flatMap(exportsOf)
      .flatMap((symbol) => [...membersOf(symbol), ...inlineProps(symbol)])
      .filter(isOptional);
    expect(optional.length).toBeGreaterThan(300);
    expect(placesOf(optional.filter((symbol) => !hasDefault(symbol)))).toEqual([]);
  });
});

function optionsOfTheProject(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), ts.sys.readFile) as {
    readonly config: { readonly compilerOptions: object };
  };
  return ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, incremental: false }, ROOT).options;
}

/** What an entry exports, each as the declaration behind it. */
function exportsOf(entry: string): readonly ts.Symbol[] {
  const file = program.getSourceFile(entry);
  const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entry} is no module`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => ((symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)));
}

/**
 * Props and methods of a type and of what it extends, and static ones of a class; without private ones and those of a
 * package. A union says in its own comment what its parts are.
 */
function membersOf(symbol: ts.Symbol): readonly ts.Symbol[] {
  if ((symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Class)) === 0) return [];
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  const statics = (symbol.flags & ts.SymbolFlags.Class) === 0 ? [] : [...(symbol.exports?.values() ?? [])];
  const own = type.isUnion() ? [] : type.getProperties();
  return [...own, ...statics].filter(isOurs).filter(isPublic);
}

/** Props of the object types that a declaration writes out in place, such as the options of a function. */
function inlineProps(symbol: ts.Symbol): readonly ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || isHidden(node)) return;
    if (ts.isTypeLiteralNode(node)) found.push(...node.members.flatMap((member) => symbolOf(member)));
    ts.forEachChild(node, visit);
  };
  symbol.declarations?.filter(isInSource).forEach(visit);
  return found.filter(isPublic);
}

function symbolOf(member: ts.TypeElement): readonly ts.Symbol[] {
  const symbol = member.name === undefined ? undefined : checker.getSymbolAtLocation(member.name);
  return symbol === undefined ? [] : [symbol];
}

function hasComment(symbol: ts.Symbol): boolean {
  return symbol.getDocumentationComment(checker).length > 0 || symbol.getJsDocTags(checker).length > 0;
}

/** As it is written; a mapped type such as `Partial` makes props optional that have no default. */
function isOptional(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some(
    (node) => (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) && node.questionToken !== undefined,
  );
}

function hasDefault(symbol: ts.Symbol): boolean {
  return symbol.getJsDocTags(checker).some(({ name, text = [] }) => name === 'default' && text.length > 0);
}

function isOurs(symbol: ts.Symbol): boolean {
  return symbol.declarations?.some(isInSource) ?? false;
}

/** Neither private nor an override, which the class above documents. */
function isPublic(symbol: ts.Symbol): boolean {
  return symbol.name !== 'prototype' && !(symbol.declarations ?? []).some(isHidden);
}

function isHidden(node: ts.Node): boolean {
  if (!ts.canHaveModifiers(node)) return false;
  const hiding: readonly ts.SyntaxKind[] = [
    ts.SyntaxKind.PrivateKeyword,
    ts.SyntaxKind.ProtectedKeyword,
    ts.SyntaxKind.OverrideKeyword,
  ];
  return ts.getModifiers(node)?.some(({ kind }) => hiding.includes(kind)) ?? false;
}

function isInSource(node: ts.Node): boolean {
  return node.getSourceFile().fileName.startsWith(`${SOURCE}/`);
}

/** `src/env/entry.ts:5 EnvEntry.name`, each once. */
function placesOf(symbols: readonly ts.Symbol[]): readonly string[] {
  const places = symbols.map((symbol) => {
    const declaration = symbol.declarations?.[0];
    if (declaration === undefined) return symbol.name;
    const file = declaration.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(declaration.getStart());
    return `${path.relative(ROOT, file.fileName)}:${line + 1} ${checker.symbolToString(symbol)}`;
  });
  return [...new Set(places)].sort();
}
