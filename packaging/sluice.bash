# Bash completion for sluice(1). Options come from the program itself, so they are never out of date.
_sluice() {
  local current=${COMP_WORDS[COMP_CWORD]} path=() word help
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] || path+=("$word")
  done
  if [[ $current == -* ]]; then
    help=$("${COMP_WORDS[0]}" "${path[@]:0:2}" --help 2>/dev/null || "${COMP_WORDS[0]}" "${path[0]}" --help 2>/dev/null)
    mapfile -t COMPREPLY < <(compgen -W "$(grep -oE -- '--[a-z][a-z-]*' <<<"$help" | sort -u)" -- "$current")
    return
  fi
  case ${path[*]} in
    '') mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" --help 2>/dev/null | awk '/^Subcommands:/ {on=1; next} on && /^  [a-z]/ {print $1}')" -- "$current") ;;
    transition) mapfile -t COMPREPLY < <(compgen -W 'disable enable' -- "$current") ;;
    trigger) mapfile -t COMPREPLY < <(compgen -W 'list install-hook remove-hook notify' -- "$current") ;;
    plugin) mapfile -t COMPREPLY < <(compgen -W 'list inspect new' -- "$current") ;;
    action) mapfile -t COMPREPLY < <(compgen -W 'run' -- "$current") ;;
    pattern) mapfile -t COMPREPLY < <(compgen -W 'test check match bench' -- "$current") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
  esac
}
complete -o filenames -F _sluice sluice
