#!/bin/sh
# The services host: TACACS+, DNS, ftp, tftp, syslog, the console server. First process of its node.
. /etc/pop/node.sh

mkdir -p /srv/ftp /srv/tftp && chmod 1777 /srv/tftp
echo "an image's place" >/srv/ftp/image.txt
cp /srv/ftp/image.txt /srv/tftp/
accounts passwd <<END
ftpdata:x:2121:65534::/srv/ftp:/bin/false
END
accounts shadow <<END
ftpdata:*:20000:0:99999:7:::
END

services="tacacs dns syslog time ftp tftp console"
$pop/bin/service begin $services
$pop/bin/service await $services
stay
