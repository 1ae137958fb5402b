// Names that run something, or change what runs, when they land in a folder that an editor has open: tasks and settings of
// editors, hooks, build files, shells, agents' instructions. In the folder for received files any name may land; into a workspace
// these need a second, explicit yes.

import { withoutUnseen } from './safeText.ts';

const folders =
  /(^|\/)(\.git|\.githooks|\.cargo|\.mvn|\.yarn|\.run|\.fleet|\.zed|\.vscode|\.devcontainer|\.husky|\.cursor|\.claude|\.idea|\.ssh|\.github|autostart|\.config|\.hg|\.vs|\.theia|\.nova|\.settings|\.windsurf|\.gemini|\.codex|\.roo|\.kiro|\.continue|\.circleci|\.direnv)(\/|$)/;

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
  /^gradlew(\.bat)?$|^mvnw(\.cmd)?$|\.gradle(\.kts)?$|^pom\.xml$|^cargo\.toml$|^build\.rs$|^meson\.build$|^(build|workspace)(\.bazel)?$/,
  /^\.(pre-commit-config\.yaml|lefthook\.ya?ml|prettierrc.*|stylelintrc.*|swcrc|bazelrc|tool-versions|mise\.toml|clangd|pylintrc|rspec)$/,
  /^(lefthook\.ya?ml|tox\.ini|noxfile\.py|(gulp|grunt)file\..*|taskfile\.ya?ml|procfile|vagrantfile|composer\.json|cmakepresets\.json)$/,
  /^authorized_keys2?$|^crontab$|\.(service|timer|socket|plist|appimage|run|deb|rpm|pkg|dmg|iso|img|apk|action|workflow|scpt|applescript|tool)$/,
  /\.(jse|wsc?|sct|ms[cpt]|inf|gadget|application|appref-ms|xll|chm|hlp|library-ms|search-ms|searchconnector-ms|settingcontent-ms|ps1xml|psd1|psc1|job|vb|vhdx?)$/,
  /\.(exe|com|bat|cmd|ps1|psm1|vbs|vbe|wsf|wsh|msi|scr|pif|cpl|hta|dll|so|dylib|sh|bash|zsh|fish|csh)$/,
  /^(agents|claude|gemini)\.md$|^copilot-instructions\.md$|\.instructions\.md$|^\.(cursorrules|windsurfrules|mcp\.json)$|^mcp\.json$/,
  /^(tasks|settings|launch|extensions)\.json$/,
  // Read, and run, by the language servers and build tools of an editor as soon as it opens a folder.
  /\.([cfv]sproj|vcxproj|proj|props|targets|slnx?|cabal|podspec|gemspec|bzl|mk)$|^nuget\.config$|^(mix\.exs|build\.sbt|build\.xml|stack\.yaml)$/,
  /^(flake|shell|default)\.nix$|^(docker-)?compose.*\.ya?ml$|^containerfile.*$|^package\.swift$|^module\.bazel$|^(sconstruct|wscript|buck)$/,
  /^(setup|tox)\.cfg$|^\.?(mypy|pytest|flake8)(\.ini)?$|^\.flake8$|^bunfig\.toml$|^rust-toolchain(\.toml)?$|^\.(project|classpath|factorypath)$/,
  /\.(conf|rc)\.(js|ts|mjs|cjs)$|^(guard|pod|fast|danger|brew|jake|jenkins)file$|^\.(rubocop|solargraph|gitlab-ci|travis|gitpod).*\.ya?ml$/,
  /^\.(rprofile|renviron|irbrc|pryrc|emacs|dir-locals\.el|n?vim\.lua|nvimrc|tmux\.conf|xprofile|xinitrc|xsession|pam_environment|wgetrc|curlrc).*$/,
  /^\.(clinerules|aider\.conf\.yml|lintstagedrc.*|huskyrc.*|commitlintrc.*|postcssrc.*|releaserc.*|nycrc.*)$/,
];

/** Whether a name, or a path with `/`, may make something run in a workspace. The case of letters does not matter. */
export function isDangerousName(path: string): boolean {
  // What nobody sees, and blanks and dots at the end, are lost on the way to some disks.
  const lower = withoutUnseen(path.normalize('NFKC'))
    .toLowerCase()
    .replaceAll('\\', '/')
    .replaceAll(/[\s.]+(?=\/|$)/g, '');
  const name = lower.split('/').at(-1) ?? '';
  return folders.test(lower) || names.some((pattern) => pattern.test(name));
}
