// Names that run something, or change what runs, when they land in a folder that an editor has open: tasks and settings of
// editors, hooks, build files, shells, agents' instructions. In the folder for received files any name may land; into a workspace
// these need a second, explicit yes.

const folders = /(^|\/)(\.git|\.vscode|\.devcontainer|\.husky|\.cursor|\.claude|\.idea|\.ssh|\.github|autostart|\.config)(\/|$)/;

const names: readonly RegExp[] = [
  /\.code-workspace$/,
  /^\.devcontainer/,
  /^\.git(attributes|modules|config|ignore)?$/,
  /^\.env(rc|\..*)?$/,
  /^\.(npmrc|yarnrc.*|pnpmfile\.cjs|editorconfig|eslintrc.*|babelrc.*|mocharc.*)$/,
  /^(package|tsconfig|jsconfig|deno)\.jsonc?$/,
  /^(gnu)?makefile$|^justfile$|^rakefile$|^gemfile$|^dockerfile.*$|^docker-compose.*$|^cmakelists\.txt$/,
  /\.config\.(js|ts|mjs|cjs|mts|cts)$/,
  /^(conftest|sitecustomize|usercustomize|setup|manage)\.py$|^pyproject\.toml$|\.pth$/,
  /^\.(bash|zsh|profile|login|inputrc|vimrc|exrc|gdbinit|lldbinit|netrc).*$/,
  /\.(desktop|lnk|url|webloc|vsix|reg|scf|jar|app|command|terminal)$/,
  /^desktop\.ini$|^autorun\.inf$/,
  /\.(exe|com|bat|cmd|ps1|psm1|vbs|vbe|wsf|wsh|msi|scr|pif|cpl|hta|dll|so|dylib|sh|bash|zsh|fish|csh)$/,
  /^(agents|claude|gemini)\.md$|^copilot-instructions\.md$|\.instructions\.md$|^\.(cursorrules|windsurfrules|mcp\.json)$|^mcp\.json$/,
  /^(tasks|settings|launch|extensions)\.json$/,
];

/** Whether a name, or a path with `/`, may make something run in a workspace. The case of letters does not matter. */
export function isDangerousName(path: string): boolean {
  const lower = path.normalize('NFKC').toLowerCase().replaceAll('\\', '/');
  const name = lower.split('/').at(-1) ?? '';
  return folders.test(lower) || names.some((pattern) => pattern.test(name));
}
