#!/bin/sh
# The services host: TACACS+, DNS, ftp, tftp, syslog, the console server. First process of its node.
. /etc/pop/node.sh

mkdir -p /srv/ftp /srv/tftp && chmod 1777 /srv/tftp
echo "an image's place" >/srv/ftp/image.txt
cp /srv/ftp/image.txt /srv/tftp/
account ftpdata 2121 65534 /srv/ftp /bin/false '*'

$pop/bin/service start tacacs
$pop/bin/service start dns
$pop/bin/service start syslog
$pop/bin/service start ftp
$pop/bin/service start tftp
$pop/bin/service start console
stay
