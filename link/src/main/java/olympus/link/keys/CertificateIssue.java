package olympus.link.keys;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Signs certificates: elliptic curve P-256, SHA-256, random serial numbers, valid from {@link
 * #CLOCK_SKEW} before now. A pure function of what it is given, the instant and the randomness.
 */
final class CertificateIssue {

    /** A machine whose clock is at most this much behind ours accepts a fresh certificate. */
    static final Duration CLOCK_SKEW = Duration.ofHours(24);

    private static final int SERIAL_BITS = 127;
    private static final String SIGNATURE = "SHA256withECDSA";

    private final Instant now;
    private final SecureRandom random;

    CertificateIssue(Instant now, SecureRandom random) {
        this.now = now;
        this.random = random;
    }

    KeyPair newKey() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot make P-256 keys", e);
        }
    }

    /** An authority that signs itself. */
    X509Certificate root(String name, KeyPair key, Duration validity) {
        var subject = name(name);
        var builder = builder(subject, subject, key.getPublic(), validity);
        return signed(builder, key.getPrivate(), authority(key.getPublic(), key.getPublic(), 1));
    }

    /** An authority that issues certificates of machines and people, but no further authorities. */
    X509Certificate authority(String name, PublicKey key, Credential issuer, Duration validity) {
        var builder = builder(subjectOf(issuer), name(name), key, validity);
        return signed(
                builder, issuer.key(), authority(key, issuer.certificate().getPublicKey(), 0));
    }

    /** The certificate of one machine. */
    X509Certificate leaf(
            String name, PublicKey key, Credential issuer, Duration validity, LeafNames names) {
        var builder = builder(subjectOf(issuer), name(name), key, validity);
        var usages = new ArrayList<Usage>();
        usages.add(new Usage(Extension.basicConstraints, true, new BasicConstraints(false)));
        usages.add(new Usage(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature)));
        usages.add(
                new Usage(
                        Extension.extendedKeyUsage,
                        false,
                        new ExtendedKeyUsage(names.purposes().toArray(KeyPurposeId[]::new))));
        usages.add(
                new Usage(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(names.general().toArray(GeneralName[]::new))));
        usages.addAll(identifiers(key, issuer.certificate().getPublicKey()));
        return signed(builder, issuer.key(), usages);
    }

    /**
     * What a certificate of a machine says about it: what it may be used for, and its alternative
     * names.
     */
    record LeafNames(List<KeyPurposeId> purposes, List<GeneralName> general) {}

    private record Usage(
            org.bouncycastle.asn1.ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {}

    private JcaX509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey key, Duration validity) {
        var serial = new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1);
        return new JcaX509v3CertificateBuilder(
                issuer,
                serial,
                Date.from(now.minus(CLOCK_SKEW)),
                Date.from(now.plus(validity)),
                subject,
                key);
    }

    private static List<Usage> authority(PublicKey key, PublicKey issuer, int authoritiesBelow) {
        var usages = new ArrayList<Usage>();
        usages.add(
                new Usage(
                        Extension.basicConstraints, true, new BasicConstraints(authoritiesBelow)));
        usages.add(
                new Usage(
                        Extension.keyUsage,
                        true,
                        new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign)));
        usages.addAll(identifiers(key, issuer));
        return usages;
    }

    private static List<Usage> identifiers(PublicKey key, PublicKey issuer) {
        try {
            var identifiers = new JcaX509ExtensionUtils();
            return List.of(
                    new Usage(
                            Extension.subjectKeyIdentifier,
                            false,
                            identifiers.createSubjectKeyIdentifier(key)),
                    new Usage(
                            Extension.authorityKeyIdentifier,
                            false,
                            identifiers.createAuthorityKeyIdentifier(issuer)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no SHA-1 for key identifiers", e);
        }
    }

    private X509Certificate signed(
            X509v3CertificateBuilder builder, PrivateKey issuer, List<Usage> usages) {
        try {
            for (var usage : usages) {
                builder.addExtension(usage.id, usage.critical, usage.value);
            }
            var signer =
                    new JcaContentSignerBuilder(SIGNATURE).setSecureRandom(random).build(issuer);
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign a certificate with " + SIGNATURE, e);
        }
    }

    private static X500Name name(String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, "Olympus")
                .addRDN(BCStyle.CN, commonName)
                .build();
    }

    private static X500Name subjectOf(Credential issuer) {
        return X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded());
    }
}
