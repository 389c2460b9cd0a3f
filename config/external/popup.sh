#!/bin/sh
# Opens a customer's page of another system when a call rings: an example for
#   kaden hook add popup --on ring --program /opt/kaden/config/external/popup.sh --argument '{number}' --argument '{operator}'
# Told are the calls of operators with the use setting both or toolbar; with --who all those of everybody. A number that is withheld is empty.
# 着信のときに、ほかのシステムの顧客画面を開く例。番号はハイフンなしで渡され、非通知なら空です。用途設定 both と toolbar の人の通話だけ（--who all で全員）。
#
# What happened is in the arguments, in KADEN_… (KADEN_KIND, KADEN_NUMBER, KADEN_CALL_ID, …) and as JSON on standard input.
# It runs on the machine of the service; to open something on the operator's own machine use config/external/crm.mjs there.
set -eu
number=${1:-}
operator=${2:-}
# Nothing but digits and + reaches the URL.
digits=$(printf '%s' "$number" | tr -cd '0-9+')
url="${CRM_URL:-http://127.0.0.1:8080}/customers${digits:+?tel=$digits}"
if command -v xdg-open >/dev/null; then
	exec xdg-open "$url"
fi
printf '%s %s %s\n' "$(date '+%F %T')" "$operator" "$url" >>"${POPUP_LOG:-/tmp/kaden-popup.log}"
