using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Replication.ProcessTests.Support;

/// <summary>An authority of a test, and certificates from it, as PEM files in a directory.</summary>
internal sealed class TestCertificates : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly string _directory;
    private readonly string _name;
    private readonly X509Certificate2 _authority;

    public TestCertificates(string directory, string name)
    {
        _directory = directory;
        _name = name;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(Now.AddDays(-30), Now.AddDays(30));
        AuthorityFile = Path.Combine(directory, $"{name}.pem");
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
    }

    public string AuthorityFile { get; }

    public X509Certificate2 Authority => X509CertificateLoader.LoadCertificate(_authority.RawData);

    /// <summary>Makes a node's certificate and returns the options that use it.</summary>
    public IReadOnlyList<string> ForNode(Guid cluster, int node, bool isExpired = false)
    {
        (string certificate, string key) = Issue($"node{node}", $"replication://{cluster:D}/node/{node}", isExpired);
        return ["--certificate", certificate, "--certificate-key", key, "--authority", AuthorityFile];
    }

    /// <summary>Makes a client's certificate.</summary>
    public X509Certificate2 ForClient(bool isExpired = false)
    {
        (string certificate, string key) = Issue("client", "urn:test:client", isExpired);
        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificate, key);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    public void Dispose() => _authority.Dispose();

    private (string Certificate, string Key) Issue(string subject, string uri, bool isExpired)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={subject}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        SubjectAlternativeNameBuilder names = new();
        names.AddUri(new Uri(uri));
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        (DateTimeOffset from, DateTimeOffset to) = isExpired ? (Now.AddDays(-10), Now.AddDays(-1))
            : (Now.AddDays(-1), Now.AddDays(10));
        using X509Certificate2 certificate = request.Create(_authority, from, to, RandomNumberGenerator.GetBytes(8));
        string path = Path.Combine(_directory, $"{_name}-{subject}{(isExpired ? "-expired" : "")}");
        File.WriteAllText(path + ".pem", certificate.ExportCertificatePem());
        File.WriteAllText(path + ".key", key.ExportPkcs8PrivateKeyPem());
        return (path + ".pem", path + ".key");
    }
}
