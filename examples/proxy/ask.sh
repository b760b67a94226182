#!/bin/sh
# Asks about a picture through the proxy, with curl alone. First: vlm-detective serve
#   sh ask.sh scene.png "What do you see?"
set -eu
base=${OPENAI_BASE_URL:-http://127.0.0.1:8090/v1}
picture=$(base64 < "$1" | tr -d '\n')
curl -sS "$base/chat/completions" \
  -H "authorization: Bearer ${OPENAI_API_KEY:-none}" -H 'content-type: application/json' -d @- <<END
{"model": "${MODEL:-gpt-5.1}", "messages": [{"role": "user", "content": [
  {"type": "text", "text": "${2:-What do you see?}"},
  {"type": "image_url", "image_url": {"url": "data:image/png;base64,$picture"}}]}]}
END
