"""Asks an SMTP server as everyone whether it takes mail for elsewhere: "submit.py CERTS PORT"."""
import smtplib
import ssl
import sys

CERTS, PORT = sys.argv[1], int(sys.argv[2])
for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
    for who in ("client", "second", "chain", "stranger", "expired", None):
        context = ssl.create_default_context(cafile=CERTS + "/root.pem")
        context.minimum_version = context.maximum_version = version
        if who:
            context.load_cert_chain(CERTS + "/%s.pem" % who, CERTS + "/%s.key" % who)
        server = smtplib.SMTP("127.0.0.1", PORT, timeout=20)
        server._host = "localhost"
        server.starttls(context=context)
        server.ehlo("here")
        print(version.name, who, server.mail("a@localhost"), server.rcpt("b@elsewhere.example"), server.rset())
        server.quit()
