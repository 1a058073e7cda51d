# Sourced by the scripts: `build PRESET [target…]` configures and builds with progress lines.
step() { printf '[%3ds] %s\n' "$SECONDS" "$*"; }

build() {
  local preset=$1; shift
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
  step "configuring build/$preset"
  cmake --preset "$preset" >"build-$preset.log" 2>&1 || { cat "build-$preset.log"; rm -f "build-$preset.log"; return 1; }
  mv "build-$preset.log" "build/$preset/configure.log"
  step "building build/$preset"
  # one line for each tenth of the work; everything when it fails
  if ! NINJA_STATUS='[%f/%t] ' ninja -C "build/$preset" "$@" 2>&1 | tee "build/$preset/build.log" | awk -v start="$SECONDS" '
      match($0, /^\[[0-9]+\/[0-9]+\]/) { split(substr($0, 2, RLENGTH - 2), n, "/"); p = int(10 * n[1] / n[2]);
        if (p > last) { last = p; printf "        %d of %d steps\n", n[1], n[2]; fflush() } }'; then
    grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking|Generating)' "build/$preset/build.log" | tail -60
    return 1
  fi
}
