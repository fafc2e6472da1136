"""A certificate authority that lives as long as a test: ca.pem, and PEM files of certificate and key
together for a server on loopback and for a client."""
import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def issue(name, issuer, issuer_key, key, authority):
    now = datetime.datetime.now(datetime.timezone.utc)
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = (x509.CertificateBuilder().subject_name(name).issuer_name(issuer)
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(now - datetime.timedelta(hours=1))
               .not_valid_after(now + datetime.timedelta(hours=24))
               .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
               .add_extension(x509.SubjectAlternativeName([loopback]), critical=False))
    return builder.sign(issuer_key, hashes.SHA256())


def make(folder):
    """Writes ca.pem, server.pem and client.pem."""
    names = {who: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"test {who}")])
             for who in ("ca", "server", "client")}
    keys = {who: ec.generate_private_key(ec.SECP256R1()) for who in names}
    for who, name in names.items():
        certificate = issue(name, names["ca"], keys["ca"], keys[who], who == "ca")
        with open(f"{folder}/{who}.pem", "wb") as file:
            file.write(certificate.public_bytes(serialization.Encoding.PEM))
            if who != "ca":
                file.write(keys[who].private_bytes(serialization.Encoding.PEM,
                                                   serialization.PrivateFormat.PKCS8,
                                                   serialization.NoEncryption()))
