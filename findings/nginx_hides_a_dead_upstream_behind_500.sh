#!/usr/bin/env bash
# nginx 1.22.1 (Debian's nginx 1.22.1-9+deb12u11): with `auth_request`, an upstream that is away is 500.
#
# Guess: while the server behind a proxy restarts, the proxy answers 502 (or 503, 504), which a client
# may take for "later"; 500 is the application's own failure.
# Seen: the same dead upstream is 502 without `auth_request`, and 500 with it, since the check itself
# cannot be made. A client that retries 502 to 504 and gives up on 500 gives up at each restart of
# what stands behind such a front (Frigate's image has one). Only the body tells them apart: HTML
# of nginx in place of the application's JSON.
set -euo pipefail
folder=$(mktemp -d)
process=
trap '[[ -z $process ]] || kill "$process" 2>/dev/null; wait; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download nginx=1.22.1-9+deb12u11 >apt.log 2>&1 || { cat apt.log >&2; exit 1; }
dpkg -x nginx_*.deb package

read -r port dead < <(python3 -c '
import socket
sockets = [socket.socket() for _ in range(2)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))')
cat >nginx.conf <<NGINX
pid $folder/pid;
error_log $folder/error.log;
events {}
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
  server {
    listen 127.0.0.1:$port;
    location = /auth { internal; proxy_pass http://127.0.0.1:$dead; }
    location /open { proxy_pass http://127.0.0.1:$dead; }
    location /guarded { auth_request /auth; proxy_pass http://127.0.0.1:$dead; }
  }
}
NGINX
package/usr/sbin/nginx -p "$folder" -c nginx.conf -e error.log -g 'daemon off; master_process off;' &
process=$!
until (: <"/dev/tcp/127.0.0.1/$port") 2>>error.log; do kill -0 "$process"; sleep 0.1; done
open=$(curl --silent --output page --write-out "%{http_code}" "http://127.0.0.1:$port/open")
guarded=$(curl --silent --output page --write-out '%{http_code}' "http://127.0.0.1:$port/guarded")
echo "without auth_request: $open; with it: $guarded, $(grep -o '<title>.*</title>' page)"
[[ $open == 502 && $guarded == 500 ]]
